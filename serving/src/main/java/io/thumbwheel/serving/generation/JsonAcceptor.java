package io.thumbwheel.serving.generation;

/// Reads one JSON object (RFC 8259) byte by byte and tells of each whether it can go on, in valid
/// UTF-8 (Unicode 17, table 3-7).
///
/// Departures, both so that an answer ends: between two JSON tokens stand at most 20 blanks in a
/// row (a policy that has fallen in love with them would never stop), and at most 64 objects and
/// arrays lie in one another (they fit into a long).
final class JsonAcceptor {
    private static final int MOST_BLANKS = 20;
    private static final int MOST_DEPTH = Long.SIZE;

    private enum Mode {
        START,
        FIRST_KEY,
        KEY,
        COLON,
        VALUE,
        FIRST_ELEMENT,
        AFTER_VALUE,
        STRING,
        ESCAPE,
        HEX,
        CHARACTER,
        WORD,
        MINUS,
        ZERO,
        INTEGER,
        POINT,
        FRACTION,
        EXPONENT,
        EXPONENT_SIGN,
        EXPONENT_DIGITS,
        COMPLETE
    }

    private Mode mode = Mode.START;
    private boolean inKey;
    private String word = "";
    private int left; // hex digits, bytes of a character, or letters of a word to come
    private int least; // of the next byte of a character
    private int most;
    private int blanks;
    private int depth;
    private long objects; // one bit for each that is open, the innermost last: 1 is an object

    /// Takes over what another has read.
    void copy(JsonAcceptor other) {
        mode = other.mode;
        inKey = other.inKey;
        word = other.word;
        left = other.left;
        least = other.least;
        most = other.most;
        blanks = other.blanks;
        depth = other.depth;
        objects = other.objects;
    }

    /// Whether the object is closed: nothing can follow.
    boolean complete() {
        return mode == Mode.COMPLETE;
    }

    /// Reads a byte.
    ///
    /// @param b 0 to 255
    /// @return whether it can stand here; if not, what has been read is of no use any more
    boolean accept(int b) {
        return switch (mode) {
            case START -> b == '{' ? open(true) : blank(b);
            case FIRST_KEY -> b == '}' ? close() : key(b);
            case KEY -> key(b);
            case COLON -> b == ':' ? become(Mode.VALUE) : blank(b);
            case VALUE -> value(b);
            case FIRST_ELEMENT -> b == ']' ? close() : value(b);
            case AFTER_VALUE -> afterValue(b);
            case STRING -> string(b);
            case ESCAPE -> escape(b);
            case HEX -> isHex(b) && (--left > 0 || become(Mode.STRING));
            case CHARACTER -> character(b);
            case WORD -> b == word.charAt(word.length() - left) && (--left > 0 || valueEnds());
            case MINUS -> b == '0' ? become(Mode.ZERO) : isDigit(b) && become(Mode.INTEGER);
            case ZERO -> fractionOrEnd(b);
            case INTEGER -> isDigit(b) || fractionOrEnd(b);
            case POINT -> isDigit(b) && become(Mode.FRACTION);
            case FRACTION -> isDigit(b) || exponentOrEnd(b);
            case EXPONENT ->
                    b == '+' || b == '-'
                            ? become(Mode.EXPONENT_SIGN)
                            : isDigit(b) && become(Mode.EXPONENT_DIGITS);
            case EXPONENT_SIGN -> isDigit(b) && become(Mode.EXPONENT_DIGITS);
            case EXPONENT_DIGITS -> isDigit(b) || afterValue(b);
            case COMPLETE -> false;
        };
    }

    private boolean become(Mode next) {
        mode = next;
        blanks = 0;
        return true;
    }

    private boolean blank(int b) {
        return (b == ' ' || b == '\n' || b == '\t' || b == '\r') && ++blanks <= MOST_BLANKS;
    }

    private boolean open(boolean object) {
        if (depth == MOST_DEPTH) {
            return false;
        }
        depth++;
        objects = objects << 1 | (object ? 1 : 0);
        return become(object ? Mode.FIRST_KEY : Mode.FIRST_ELEMENT);
    }

    private boolean close() {
        depth--;
        objects >>>= 1;
        return depth == 0 ? become(Mode.COMPLETE) : valueEnds();
    }

    private boolean key(int b) {
        if (b == '"') {
            inKey = true;
            return become(Mode.STRING);
        }
        return blank(b);
    }

    private boolean value(int b) {
        return switch (b) {
            case '{' -> open(true);
            case '[' -> open(false);
            case '"' -> {
                inKey = false;
                yield become(Mode.STRING);
            }
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            case '-' -> become(Mode.MINUS);
            case '0' -> become(Mode.ZERO);
            default -> isDigit(b) ? become(Mode.INTEGER) : blank(b);
        };
    }

    private boolean word(String letters) {
        word = letters;
        left = letters.length() - 1;
        return become(Mode.WORD);
    }

    private boolean valueEnds() {
        return become(Mode.AFTER_VALUE);
    }

    /// Also ends a number, which nothing else does.
    private boolean afterValue(int b) {
        if (mode != Mode.AFTER_VALUE) {
            valueEnds();
        }
        boolean inObject = (objects & 1) == 1;
        if (b == ',') {
            return become(inObject ? Mode.KEY : Mode.VALUE);
        }
        return b == (inObject ? '}' : ']') ? close() : blank(b);
    }

    private boolean string(int b) {
        if (b == '"') {
            return inKey ? become(Mode.COLON) : valueEnds();
        }
        if (b == '\\') {
            return become(Mode.ESCAPE);
        }
        if (b < 0x80) {
            return b >= 0x20;
        }
        if (b >= 0xC2 && b <= 0xDF) {
            return characterOf(1, 0x80, 0xBF);
        }
        if (b >= 0xE0 && b <= 0xEF) {
            return characterOf(2, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF);
        }
        return b >= 0xF0
                && b <= 0xF4
                && characterOf(3, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF);
    }

    private boolean characterOf(int bytes, int leastNext, int mostNext) {
        left = bytes;
        least = leastNext;
        most = mostNext;
        return become(Mode.CHARACTER);
    }

    private boolean character(int b) {
        if (b < least || b > most) {
            return false;
        }
        least = 0x80;
        most = 0xBF;
        return --left > 0 || become(Mode.STRING);
    }

    private boolean escape(int b) {
        if (b == 'u') {
            left = 4;
            return become(Mode.HEX);
        }
        return "\"\\/bfnrt".indexOf(b) >= 0 && become(Mode.STRING);
    }

    private boolean fractionOrEnd(int b) {
        return b == '.' ? become(Mode.POINT) : exponentOrEnd(b);
    }

    private boolean exponentOrEnd(int b) {
        return b == 'e' || b == 'E' ? become(Mode.EXPONENT) : afterValue(b);
    }

    private static boolean isDigit(int b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isHex(int b) {
        return isDigit(b) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
    }
}
