package io.millrace.protocol.oracle;

import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Fills an instance of one of Kafka's generated classes with values that a version allows, from a seed. */
final class KafkaFiller {
    private static final int LARGE_STRING = 300;
    private static final int LARGE_ARRAY = 140;
    private static final int LARGE_BYTES = 20_000;
    private static final int DEEPEST_LARGE = 1;

    private final SplittableRandom random;
    private final Profile profile;

    /** Number of values set in fields that the version lacks. */
    private final int strayPercent;

    private int strays;

    KafkaFiller(long seed, Profile profile, int strayPercent) {
        this.random = new SplittableRandom(seed);
        this.profile = profile;
        this.strayPercent = strayPercent;
    }

    /** How many fields were set that the version does not have. */
    int strays() {
        return strays;
    }

    void fill(Object target, Schema schema, int depth) {
        Map<String, org.apache.kafka.common.protocol.types.Field> plain = new HashMap<>();
        Map<String, org.apache.kafka.common.protocol.types.Field> tagged = new HashMap<>();
        for (BoundField bound : schema.fields()) {
            if (bound.def.type instanceof TaggedFields tags) {
                tags.fields().values().forEach(field -> tagged.put(Reflected.normal(field.name), field));
            } else {
                plain.put(Reflected.normal(bound.def.name), bound.def);
            }
        }
        for (Field field : Reflected.kafkaFields(target.getClass())) {
            String name = Reflected.normal(field.getName());
            org.apache.kafka.common.protocol.types.Field present = plain.remove(name);
            org.apache.kafka.common.protocol.types.Field tag = tagged.remove(name);
            if (present != null) {
                Reflected.set(field, target, value(field.getGenericType(), present.type, depth));
            } else if (tag != null) {
                if (random.nextInt(100) < profile.tags()) {
                    Reflected.set(field, target, value(field.getGenericType(), tag.type, depth));
                }
            } else if (random.nextInt(100) < strayPercent) {
                strays += stray(field, target);
            }
        }
        if (!plain.isEmpty() || !tagged.isEmpty()) {
            throw new AssertionError(target.getClass() + " lacks " + plain.keySet() + tagged.keySet());
        }
    }

    /** Sets a simple field to something that is hardly its default. */
    private int stray(Field field, Object target) {
        Class<?> type = field.getType();
        Object value = type == String.class
                ? "stray"
                : type == int.class ? Integer.valueOf(77) : type == Uuid.class ? new Uuid(7, 7) : null;
        if (value == null) {
            return 0;
        }
        Reflected.set(field, target, value);
        return 1;
    }

    private @Nullable Object value(Type javaType, org.apache.kafka.common.protocol.types.Type wireType, int depth) {
        if (wireType.isNullable() && random.nextInt(100) < profile.nulls()) {
            return null;
        }
        Class<?> raw = raw(javaType);
        if (Collection.class.isAssignableFrom(raw)) {
            return collection(javaType, raw, wireType, depth);
        }
        if (raw == String.class) {
            return string(depth);
        }
        if (raw == Uuid.class) {
            return uuid();
        }
        if (raw == byte[].class) {
            return bytes(depth);
        }
        if (raw == ByteBuffer.class) {
            return ByteBuffer.wrap(bytes(depth));
        }
        if (BaseRecords.class.isAssignableFrom(raw)) {
            return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes(depth)));
        }
        if (wireType instanceof Schema nested) {
            Object struct = Reflected.create(raw);
            fill(struct, nested, depth + 1);
            return struct;
        }
        return number(raw, wireType);
    }

    private Collection<Object> collection(
            Type javaType, Class<?> raw, org.apache.kafka.common.protocol.types.Type wireType, int depth) {
        @SuppressWarnings("unchecked")
        Collection<Object> values = raw == List.class ? new ArrayList<>() : (Collection<Object>) Reflected.create(raw);
        Type element = elementType(javaType, raw);
        org.apache.kafka.common.protocol.types.Type wireElement =
                wireType.arrayElementType().orElseThrow();
        int count = count(depth, wireElement instanceof Schema);
        for (int i = 0; i < count; i++) {
            values.add(value(element, wireElement, depth));
        }
        return values;
    }

    private int count(int depth, boolean structs) {
        return switch (profile.size()) {
            case EMPTY -> 0;
            case SMALL -> depth > 2 ? 1 : random.nextInt(profile.numbers() == Profile.Numbers.ANY ? 0 : 1, 3);
            case LARGE -> depth > DEEPEST_LARGE ? 1 : structs ? 3 : LARGE_ARRAY;
        };
    }

    private static Type elementType(Type javaType, Class<?> raw) {
        Type generic = raw == List.class ? javaType : raw.getGenericSuperclass();
        return ((ParameterizedType) generic).getActualTypeArguments()[0];
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
    }

    private String string(int depth) {
        int length = switch (profile.size()) {
            case EMPTY -> 0;
            case SMALL -> random.nextInt(8);
            case LARGE -> depth == 0 && random.nextInt(4) == 0 ? Short.MAX_VALUE : LARGE_STRING;
        };
        StringBuilder text = new StringBuilder();
        if (length == Short.MAX_VALUE) {
            return "x".repeat(length);
        }
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(6)) {
                case 0 -> text.appendCodePoint(0x1F600 + random.nextInt(40));
                case 1 -> text.append((char) (0x4E00 + random.nextInt(500)));
                case 2 -> text.append((char) (0xE0 + random.nextInt(30)));
                default -> text.append((char) random.nextInt(0, 128));
            }
        }
        return text.toString();
    }

    private byte[] bytes(int depth) {
        int length = switch (profile.size()) {
            case EMPTY -> 0;
            case SMALL -> random.nextInt(40);
            case LARGE -> depth > DEEPEST_LARGE + 1 ? 200 : LARGE_BYTES;
        };
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Uuid uuid() {
        return switch (profile.numbers()) {
            case LOWEST -> new Uuid(Long.MIN_VALUE, Long.MIN_VALUE);
            case HIGHEST -> new Uuid(Long.MAX_VALUE, -1);
            case ANY -> random.nextInt(8) == 0 ? Uuid.ZERO_UUID : new Uuid(random.nextLong(), random.nextLong());
        };
    }

    private Object number(Class<?> raw, org.apache.kafka.common.protocol.types.Type wireType) {
        if (raw == boolean.class || raw == Boolean.class) {
            return switch (profile.numbers()) {
                case LOWEST -> false;
                case HIGHEST -> true;
                case ANY -> random.nextBoolean();
            };
        }
        if (raw == double.class || raw == Double.class) {
            return switch (profile.numbers()) {
                case LOWEST -> -Double.MAX_VALUE;
                case HIGHEST -> Double.MAX_VALUE;
                case ANY -> random.nextDouble() * 1e9;
            };
        }
        if (wireType.equals(org.apache.kafka.common.protocol.types.Type.UINT16)) {
            return (int) pick(0, 0xFFFF);
        }
        if (wireType.equals(org.apache.kafka.common.protocol.types.Type.UNSIGNED_INT32)) {
            return pick(0, 0xFFFF_FFFFL);
        }
        if (raw == byte.class || raw == Byte.class) {
            return (byte) pick(Byte.MIN_VALUE, Byte.MAX_VALUE);
        }
        if (raw == short.class || raw == Short.class) {
            return (short) pick(Short.MIN_VALUE, Short.MAX_VALUE);
        }
        if (raw == int.class || raw == Integer.class) {
            return (int) pick(Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (raw == long.class || raw == Long.class) {
            return pick(Long.MIN_VALUE, Long.MAX_VALUE);
        }
        throw new AssertionError("no value for " + raw);
    }

    private long pick(long lowest, long highest) {
        return switch (profile.numbers()) {
            case LOWEST -> lowest;
            case HIGHEST -> highest;
            case ANY -> random.nextInt(4) == 0 ? (random.nextBoolean() ? 0 : -1 & highest) : anywhere(lowest, highest);
        };
    }

    private long anywhere(long lowest, long highest) {
        return highest == Long.MAX_VALUE ? random.nextLong() : random.nextLong(lowest, highest + 1);
    }
}
