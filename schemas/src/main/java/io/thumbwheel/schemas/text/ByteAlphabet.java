package io.thumbwheel.schemas.text;

import java.io.ByteArrayOutputStream;

/// The printable characters that stand for the 256 bytes in the vocabulary of a byte-level
/// tokenizer.
///
/// Radford et al. 2019, "Language Models are Unsupervised Multitask Learners" (GPT-2), section 2.2:
/// printable bytes stand for themselves, the other 68 are shifted to U+0100 and up.
public final class ByteAlphabet {
    private static final char[] CHARACTER_OF = new char[256];
    private static final short[] BYTE_OF = new short[0x144];

    static {
        java.util.Arrays.fill(BYTE_OF, (short) -1);
        char shifted = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable =
                    (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
            CHARACTER_OF[b] = printable ? (char) b : shifted++;
            BYTE_OF[CHARACTER_OF[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /// The character that stands for a byte, given as 0 to 255.
    public static char character(int unsignedByte) {
        return CHARACTER_OF[unsignedByte];
    }

    /// The vocabulary form of bytes.
    public static String write(byte[] bytes) {
        var written = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            written.append(CHARACTER_OF[b & 0xFF]);
        }
        return written.toString();
    }

    /// The bytes of a vocabulary entry.
    ///
    /// @throws UnsupportedTokenizerException where the entry has a character outside the alphabet
    static byte[] read(String entry) {
        var bytes = new ByteArrayOutputStream(entry.length());
        for (int i = 0; i < entry.length(); i++) {
            char c = entry.charAt(i);
            if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
                throw new UnsupportedTokenizerException(
                        "vocabulary entry '%s' is not written in the byte-level alphabet"
                                .formatted(entry));
            }
            bytes.write(BYTE_OF[c]);
        }
        return bytes.toByteArray();
    }
}
