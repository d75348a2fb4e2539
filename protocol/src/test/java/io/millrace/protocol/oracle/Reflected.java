package io.millrace.protocol.oracle;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Looks up fields, setters and nested classes of generated code, and remembers what it found. */
final class Reflected {
    private static final Map<Class<?>, List<Field>> KAFKA_FIELDS = new ConcurrentHashMap<>();
    private static final Map<String, Method> METHODS = new ConcurrentHashMap<>();

    private Reflected() {}

    /** The message fields of a class that Kafka's generator made. */
    static List<Field> kafkaFields(Class<?> type) {
        return KAFKA_FIELDS.computeIfAbsent(type, owner -> {
            List<Field> fields = new ArrayList<>();
            for (Field field : owner.getDeclaredFields()) {
                boolean internal = field.getName().startsWith("_") || isLink(owner, field);
                if (!Modifier.isStatic(field.getModifiers()) && !internal) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
            return fields;
        });
    }

    /** Elements of Kafka's hashed lists carry two links that are no part of the message. */
    private static boolean isLink(Class<?> owner, Field field) {
        return (field.getName().equals("prev") || field.getName().equals("next"))
                && !setter(owner, "set" + capitalized(field.getName()), field.getType())
                        .getReturnType()
                        .equals(owner);
    }

    private static Method setter(Class<?> owner, String name, Class<?> parameter) {
        try {
            return owner.getMethod(name, parameter);
        } catch (NoSuchMethodException e) {
            throw new LinkageError(owner + " has no " + name, e);
        }
    }

    /** Our setter: the method of that name that takes one value and returns its own class. */
    static Method ourSetter(Class<?> owner, String name) {
        return METHODS.computeIfAbsent(owner.getName() + "=" + name, key -> {
            for (Method method : owner.getMethods()) {
                if (method.getName().equals(name)
                        && method.getParameterCount() == 1
                        && method.getReturnType().equals(owner)) {
                    return method;
                }
            }
            throw new AssertionError(owner + " has no setter " + name);
        });
    }

    static Object create(Class<?> type) {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("cannot make " + type, e);
        }
    }

    static @Nullable Object get(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new LinkageError(field.toString(), e);
        }
    }

    static void set(Field field, Object owner, @Nullable Object value) {
        try {
            field.set(owner, value);
        } catch (IllegalAccessException e) {
            throw new LinkageError(field.toString(), e);
        }
    }

    static String capitalized(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** {@code topic_id} and {@code topicId} alike. */
    static String normal(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
