package io.thumbwheel.schemas.text;

import com.hubspot.jinjava.el.TypeConvertingMapELResolver;
import com.hubspot.jinjava.el.ext.JinjavaListELResolver;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import jinjava.javax.el.ArrayELResolver;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/// What a template may do with a value: read lists, maps and its loop, and call Python's methods on
/// texts. There is no way from here to a Java method, so a template cannot reach the machine.
final class TemplateObjects extends ELResolver {
    private TemplateObjects() {}

    static ELResolver resolver() {
        var resolver = new CompositeELResolver();
        resolver.add(new ArrayELResolver(true));
        resolver.add(new JinjavaListELResolver(true));
        resolver.add(new TypeConvertingMapELResolver(true));
        resolver.add(new TemplateObjects());
        return resolver;
    }

    @Override
    public @Nullable Object getValue(ELContext context, Object base, Object property) {
        if (!(base instanceof ForLoop loop)) {
            return null;
        }
        Object value =
                switch (String.valueOf(property)) {
                    case "index" -> loop.getIndex();
                    case "index0" -> loop.getIndex0();
                    case "first" -> loop.isFirst();
                    case "last" -> loop.isLast();
                    case "length" -> loop.getLength();
                    case "revindex" -> loop.getRevindex();
                    case "revindex0" -> loop.getRevindex0();
                    default -> null;
                };
        if (value != null) {
            context.setPropertyResolved(true);
        }
        return value;
    }

    @Override
    public @Nullable Object invoke(
            ELContext context, Object base, Object method, Class<?>[] types, Object[] parameters) {
        if (isLibrary(base, method.toString()) && parameters.length >= 2) {
            context.setPropertyResolved(true);
            return library(base, method.toString(), parameters);
        }
        if (!(base instanceof CharSequence)) {
            return null;
        }
        String text = base.toString();
        List<String> arguments = Arrays.stream(parameters).map(String::valueOf).toList();
        Object value =
                arguments.isEmpty()
                        ? withoutArgument(text, method.toString())
                        : withArgument(text, method.toString(), arguments.getFirst());
        if (value != null) {
            context.setPropertyResolved(true);
        }
        return value;
    }

    private static boolean isLibrary(Object base, String method) {
        return (base instanceof Filter && method.equals("filter"))
                || (base instanceof ExpTest && method.startsWith("evaluate"));
    }

    /// A filter (`x | trim`) or a test (`x is defined`): value, interpreter, arguments.
    private static @Nullable Object library(Object base, String method, Object[] parameters) {
        var interpreter = (JinjavaInterpreter) parameters[1];
        Object[] arguments = Arrays.copyOfRange(parameters, 2, parameters.length);
        if (base instanceof Filter filter) {
            return filter.filter(parameters[0], interpreter, arguments, Map.of());
        }
        ExpTest test = (ExpTest) base;
        return method.equals("evaluateNegated")
                ? test.evaluateNegated(parameters[0], interpreter, arguments)
                : test.evaluate(parameters[0], interpreter, arguments);
    }

    private static @Nullable Object withoutArgument(String text, String method) {
        return switch (method) {
            case "strip" -> text.strip();
            case "lstrip" -> text.stripLeading();
            case "rstrip" -> text.stripTrailing();
            case "lower" -> text.toLowerCase(java.util.Locale.ROOT);
            case "upper" -> text.toUpperCase(java.util.Locale.ROOT);
            default -> null;
        };
    }

    private static @Nullable Object withArgument(String text, String method, String argument) {
        return switch (method) {
            case "startswith" -> text.startsWith(argument);
            case "endswith" -> text.endsWith(argument);
            case "split" -> List.of(text.split(Pattern.quote(argument), -1));
            case "strip" -> strip(text, argument, true, true);
            case "lstrip" -> strip(text, argument, true, false);
            case "rstrip" -> strip(text, argument, false, true);
            default -> null;
        };
    }

    private static String strip(String text, String characters, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && characters.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        while (right && end > start && characters.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(start, end);
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        return Object.class;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {}

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public @Nullable Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
            ELContext context, Object base) {
        return null;
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return Object.class;
    }
}
