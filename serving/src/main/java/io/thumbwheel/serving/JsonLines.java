package io.thumbwheel.serving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;

/// Log lines as JSON objects. The log manager has such a formatter, but a packaged service keeps
/// the log manager from seeing the JSON library that it needs, and Quarkus' extension that changes
/// this is not on Maven Central in whole.
final class JsonLines extends ExtFormatter {
    @Override
    public String format(ExtLogRecord record) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("timestamp", record.getInstant().toString())
                .put("level", record.getLevel().getName())
                .put("logger", record.getLoggerName())
                .put("thread", record.getThreadName())
                .put("message", record.getFormattedMessage());
        ObjectNode fields = line.putObject("mdc");
        record.getMdcCopy().forEach(fields::put);
        Throwable thrown = record.getThrown();
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.put("exception", trace.toString());
        }
        return line + System.lineSeparator();
    }
}
