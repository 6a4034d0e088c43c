package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JsonConstraintTest {
    private static final List<String> TEXTS =
            List.of(
                    "", "{", "}", "\"", "a", "ab", "abc", "\":", "\":\"", "1", "12", "-", ".5",
                    "{\"", "{\"a\":", " ", "\n", "}}", "]", "[", "[[", ",", ",\"", "true", "tru",
                    "e", "é", "🙂", "\\", "\\n", "\\u00", "00", "x\"}", ":", "null", "", "nul", "l",
                    "0");

    /// Token 0 ends an answer; the last two are the halves of a character.
    private static byte[][] bytes() {
        byte[][] bytes = new byte[TEXTS.size() + 2][];
        for (int id = 0; id < TEXTS.size(); id++) {
            bytes[id] = TEXTS.get(id).getBytes(StandardCharsets.UTF_8);
        }
        bytes[TEXTS.size()] = new byte[] {(byte) 0xC3};
        bytes[TEXTS.size() + 1] = new byte[] {(byte) 0xA9};
        return bytes;
    }

    @Test
    void aTokenIsPossibleExactlyWhereAllOfItsBytesGoOn() throws Exception {
        byte[][] bytes = bytes();
        int vocab = bytes.length + 3; // a model may have more ids than its tokenizer
        SplittableRandom random = new SplittableRandom(3);
        int complete = 0;
        for (int walk = 0; walk < 300; walk++) {
            JsonConstraint constraint =
                    new JsonConstraint(new TokenBytes(bytes), vocab, id -> id == 0);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            for (int step = 0; step < 60; step++) {
                float[] logits = new float[vocab];
                constraint.process(logits);
                boolean[] possible = new boolean[vocab];
                for (int id = 0; id < vocab; id++) {
                    possible[id] = logits[id] == 0;
                }
                assertThat(possible)
                        .as("%s", text.toString(StandardCharsets.UTF_8))
                        .isEqualTo(goOn(text, vocab, bytes));
                int token = draw(possible, random);
                constraint.drawn(token);
                if (token == 0) {
                    complete++;
                    assertThat(JsonMapper.builder().build().readTree(text.toByteArray()).isObject())
                            .isTrue();
                    break;
                }
                text.writeBytes(bytes[token]);
            }
        }
        assertThat(complete).isGreaterThan(100);
    }

    private static boolean[] goOn(ByteArrayOutputStream text, int vocab, byte[][] bytes) {
        boolean[] possible = new boolean[vocab];
        for (int id = 0; id < vocab; id++) {
            possible[id] = goesOn(text.toByteArray(), id, bytes);
        }
        return possible;
    }

    private static boolean goesOn(byte[] text, int id, byte[][] bytes) {
        JsonAcceptor acceptor = new JsonAcceptor();
        for (byte b : text) {
            acceptor.accept(Byte.toUnsignedInt(b));
        }
        if (id == 0 || acceptor.complete()) {
            return id == 0 && acceptor.complete();
        }
        if (id >= bytes.length || bytes[id].length == 0) {
            return false;
        }
        for (byte b : bytes[id]) {
            if (!acceptor.accept(Byte.toUnsignedInt(b))) {
                return false;
            }
        }
        return true;
    }

    private static int draw(boolean[] possible, SplittableRandom random) {
        int[] ids = IntStream.range(0, possible.length).filter(id -> possible[id]).toArray();
        assertThat(ids).isNotEmpty();
        return ids[random.nextInt(ids.length)];
    }
}
