package io.millrace.protocol.oracle;

import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.Message;
import io.millrace.protocol.Uuid;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Copies the values of one of Kafka's objects into ours through our setters, field by field of the same name, without any bytes. */
final class ModelCopy {
    private ModelCopy() {}

    static Message copy(Object kafka, Twin twin) {
        return (Message) struct(kafka, twin.ours(), twin.ours());
    }

    private static Object struct(Object kafka, Class<?> type, Class<?> top) {
        Object ours = Reflected.create(type);
        for (Field field : Reflected.kafkaFields(kafka.getClass())) {
            String name = field.getName().equals("size") ? "sizeField" : field.getName();
            Method setter = Reflected.ourSetter(type, name);
            Object value = convert(Reflected.get(field, kafka), setter.getParameterTypes()[0], top);
            try {
                setter.invoke(ours, value);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new LinkageError(setter + " with " + value, e);
            }
        }
        return ours;
    }

    private static @Nullable Object convert(@Nullable Object value, Class<?> wanted, Class<?> top) {
        return switch (value) {
            case null -> null;
            case org.apache.kafka.common.Uuid id -> new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
            case MemoryRecords records -> new BufferRecords(Unpooled.wrappedBuffer(records.buffer()));
            case ByteBuffer buffer -> {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                yield bytes;
            }
            case Collection<?> values -> wanted.isArray() ? array(values, wanted) : list(values, top);
            case String text -> text;
            case Number number -> number;
            case Boolean flag -> flag;
            case byte[] bytes -> bytes;
            default -> struct(value, nested(value, top), top);
        };
    }

    private static Object array(Collection<?> values, Class<?> wanted) {
        Object array = java.lang.reflect.Array.newInstance(wanted.getComponentType(), values.size());
        int at = 0;
        for (Object value : values) {
            java.lang.reflect.Array.set(array, at++, value);
        }
        return array;
    }

    private static List<@Nullable Object> list(Collection<?> values, Class<?> top) {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object value : values) {
            list.add(convert(value, Object.class, top));
        }
        return list;
    }

    private static Class<?> nested(Object kafka, Class<?> top) {
        try {
            return Class.forName(top.getName() + "$" + kafka.getClass().getSimpleName());
        } catch (ClassNotFoundException e) {
            throw new LinkageError("we have no struct for " + kafka.getClass(), e);
        }
    }
}
