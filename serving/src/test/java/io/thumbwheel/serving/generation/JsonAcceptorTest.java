package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonAcceptorTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// How many bytes were accepted, or -1 where all were and the object is complete.
    private static int read(byte[] bytes) {
        JsonAcceptor acceptor = new JsonAcceptor();
        for (int i = 0; i < bytes.length; i++) {
            if (!acceptor.accept(Byte.toUnsignedInt(bytes[i]))) {
                return i;
            }
        }
        return acceptor.complete() ? -1 : bytes.length;
    }

    private static int read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " \n{ }",
                "{\"a\":1}",
                "{\"a\" : [ ] , \"b\":{}}",
                "{\"a\":[1,-2.5,0,-0,1e9,1E+10,0.5e-3,true,false,null,\"x\",[[]],{\"\":\"\"}]}",
                "{\"é🙂\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9 \\uD83D\\uDE42\"}"
            })
    void objectsAreReadToTheirEnd(String text) throws IOException {
        assertThat(read(text)).isEqualTo(-1);
        assertThat(MAPPER.readTree(text).isObject()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[^1]",
                "{^a}",
                "{^,}",
                "{\"a\"^}",
                "{\"a\":^}",
                "{\"a\":1,^}",
                "{\"a\":[1,^]}",
                "{\"a\":[1^}",
                "{\"a\":{}^]",
                "{\"a\":0^1}",
                "{\"a\":-^a}",
                "{\"a\":1.^}",
                "{\"a\":1e^,}",
                "{\"a\":1e+^}",
                "{\"a\":+^1}",
                "{\"a\":tru^}",
                "{\"a\":\"^\n\"}",
                "{\"a\":\"\\^x\"}",
                "{\"a\":\"\\u12^g4\"}",
                "{}^ ",
                "{}^{"
            })
    void whatCannotGoOnIsRefusedAtItsFirstByte(String text) {
        // The mark ^ stands before the byte at fault, but for two where it stands after it.
        int fault =
                text.startsWith("[") || text.contains("+^1")
                        ? text.indexOf('^') - 1
                        : text.indexOf('^');

        assertThat(read(text.replace("^", ""))).isEqualTo(fault);
    }

    @Test
    void brokenUtf8IsRefused() {
        byte[] lead = {'{', '"'};
        int[][] broken = {
            {0x80},
            {0xC0},
            {0xC1},
            {0xC3, '"'},
            {0xE0, 0x9F},
            {0xED, 0xA0},
            {0xF0, 0x8F},
            {0xF4, 0x90},
            {0xF5},
            {0xE2, 0x82, 'a'}
        };
        for (int[] bytes : broken) {
            ByteBuffer text = ByteBuffer.allocate(2 + bytes.length).put(lead);
            for (int b : bytes) {
                text.put((byte) b);
            }
            assertThat(read(text.array())).isEqualTo(1 + bytes.length);
        }
    }

    @Test
    void blanksInARowAndDepthAreBounded() {
        assertThat(read("{" + " ".repeat(20) + "}")).isEqualTo(-1);
        assertThat(read("{" + " ".repeat(21) + "}")).isEqualTo(21);
        assertThat(read("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}")).isEqualTo(-1);
        assertThat(read("{\"a\":" + "[".repeat(64))).isEqualTo(5 + 63);
    }

    @Test
    void whateverItAcceptsIsJson() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int complete = 0;
        for (int walk = 0; walk < 2_000; walk++) {
            byte[] text = walk(random);
            if (read(text) == -1) {
                complete++;
                JsonNode tree = MAPPER.readTree(text);
                assertThat(tree.isObject()).isTrue();
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)); // or it throws
            }
        }
        assertThat(complete).isGreaterThan(500);
    }

    /// Random bytes that can go on, the closing ones more often than others.
    private static byte[] walk(SplittableRandom random) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        JsonAcceptor acceptor = new JsonAcceptor();
        JsonAcceptor tried = new JsonAcceptor();
        while (text.size() < 400 && !acceptor.complete()) {
            int b =
                    random.nextInt(3) == 0
                            ? "\"}],:".charAt(random.nextInt(5))
                            : random.nextInt(256);
            tried.copy(acceptor);
            if (tried.accept(b)) {
                text.write(b);
                acceptor.copy(tried);
            }
        }
        return text.toByteArray();
    }
}
