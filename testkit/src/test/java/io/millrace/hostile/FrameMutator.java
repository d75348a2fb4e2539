package io.millrace.hostile;

import io.millrace.hostile.Field.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes mutants from seeds. Owned by one sender. */
final class FrameMutator {

    private static final long[] NUMBERS = {
        0,
        1,
        2,
        -1,
        -2,
        -3,
        -4,
        -5,
        -6,
        7,
        127,
        128,
        255,
        1000,
        32_767,
        -32_768,
        65_536,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE - 1,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 32
    };
    private static final int[] LENGTHS = {
        0, 1, 2, -1, -2, 3, 100, 249, 250, 32_767, 65_535, 1 << 20, 100 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    private static final int UUID_CHARS = 36;
    private static final int HUGE_BYTES = 300_000;

    private final Random random;
    private final Map<Short, List<Seed>> seeds;
    private final List<Short> apis;
    private final Vocabulary vocabulary;
    private final BatchMutator batches;

    FrameMutator(Random random, Map<Short, List<Seed>> seeds, Vocabulary vocabulary, Bombs bombs) {
        this.random = random;
        this.seeds = seeds;
        this.apis = List.copyOf(seeds.keySet());
        this.vocabulary = vocabulary;
        this.batches = new BatchMutator(random, bombs);
    }

    /** Whether there are seeds of this API. */
    boolean knows(short api) {
        return seeds.containsKey(api);
    }

    /** The next one, of any API alike. */
    Mutant next() {
        return next(apis.get(random.nextInt(apis.size())));
    }

    Mutant next(short api) {
        Seed seed = any(seeds.getOrDefault(api, List.of()));
        List<Field> fields = new ArrayList<>(seed.fields());
        makeLive(seed, fields);
        Mutation mutation = Mutation.at(random.nextInt(100));
        int records = indexOf(fields, Kind.RECORDS);
        if (records >= 0 && random.nextInt(10) < 6) {
            setBytes(fields, records, batches.mutate(fields.get(records).bytes()));
            mutation = random.nextInt(10) < 8 ? Mutation.UNTOUCHED : mutation;
        }
        mutate(mutation, seed, fields);
        byte[] body = join(fields);
        return new Mutant(mutation, framed(mutation, lastTouch(mutation, body)));
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static int indexOf(List<Field> fields, Kind kind) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }

    /** Ids of topics and, often, of members that this broker knows; a correlation id of its own. */
    private void makeLive(Seed seed, List<Field> fields) {
        fields.set(2, Field.int32(random.nextInt(Integer.MAX_VALUE)));
        Vocabulary.Member member = random.nextBoolean() ? vocabulary.member(random) : null;
        for (int i = seed.headerFields(); i < fields.size(); i++) {
            Field field = fields.get(i);
            if (field.kind() == Kind.UUID) {
                fields.set(i, new Field(Kind.UUID, vocabulary.liveTopicId(field.bytes())));
            } else if (member != null && isMemberId(field)) {
                setBytes(fields, i, member.memberId());
                int before = i - 2; // its length lies in between
                if (fields.get(before).kind() == Kind.INT32) {
                    fields.set(before, Field.int32(member.generation()));
                }
                setBytes(fields, seed.headerFields() + 1, member.groupId());
            }
        }
    }

    private static boolean isMemberId(Field field) {
        int length = field.bytes().length;
        return field.kind() == Kind.BYTES && length > UUID_CHARS && field.bytes()[length - UUID_CHARS - 1] == '-';
    }

    private void mutate(Mutation mutation, Seed seed, List<Field> fields) {
        switch (mutation) {
            case NUMBERS -> numbers(seed, fields);
            case VARINTS -> replace(fields, Kind.VARINT, () -> Field.varint(LENGTHS[random.nextInt(LENGTHS.length)]));
            case TEXT_CONTENT -> text(seed, fields, false);
            case TEXT_LENGTH -> text(seed, fields, true);
            case IDS -> replace(fields, Kind.UUID, this::id);
            case DOUBLED_FIELDS -> fields.addAll(any(seed, fields), range(seed, fields));
            case DOUBLED_ARRAY -> doubleArray(seed, fields);
            case LEFT_OUT_FIELDS -> range(seed, fields).clear();
            case SPLICED -> splice(seed, fields);
            case TAGGED_FIELDS -> replace(fields, Kind.VARINT, this::tags);
            case OTHER_VERSION -> fields.set(1, Field.int16(version(seed)));
            case OTHER_API -> fields.set(0, Field.int16(random.nextBoolean() ? any(apis) : random.nextInt(200) - 5));
            case DEEP_COUNT -> deepCount(seed, fields);
            case UNTOUCHED, TRUNCATED, LENGTHENED, BIT_FLIPS, FRAME_LENGTH -> {}
        }
    }

    private short version(Seed seed) {
        return (short)
                (random.nextInt(4) == 0
                        ? NUMBERS[random.nextInt(NUMBERS.length)]
                        : seed.version() + random.nextInt(5) - 2);
    }

    /** One to three numbers of the body; in old versions also lengths, which are numbers there. */
    private void numbers(Seed seed, List<Field> fields) {
        List<Integer> places = new ArrayList<>();
        for (int i = seed.headerFields(); i < fields.size(); i++) {
            if (fields.get(i).kind().isNumber() && !isLength(fields, i)) {
                places.add(i);
            }
        }
        for (int left = 1 + random.nextInt(3); left > 0 && !places.isEmpty(); left--) {
            int place = any(places);
            Field field = fields.get(place);
            boolean near = random.nextInt(3) == 0;
            fields.set(
                    place,
                    field.withNumber(
                            near ? field.number() + random.nextInt(5) - 2 : NUMBERS[random.nextInt(NUMBERS.length)]));
        }
    }

    /** Most lengths stay as they are: DOUBLED_ARRAY, TEXT_LENGTH and DEEP_COUNT are about them. */
    private boolean isLength(List<Field> fields, int place) {
        boolean beforeBytes = place + 1 < fields.size()
                && fields.get(place + 1).kind() == Kind.BYTES
                && fields.get(place).number() == fields.get(place + 1).bytes().length;
        return beforeBytes && random.nextInt(20) != 0;
    }

    private interface Source {
        Field get();
    }

    private void replace(List<Field> fields, Kind kind, Source source) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).kind() == kind) {
                places.add(i);
            }
        }
        if (!places.isEmpty()) {
            fields.set(any(places), source.get());
        }
    }

    private Field id() {
        byte[] id = new byte[2 * Long.BYTES];
        switch (random.nextInt(3)) {
            case 0 -> random.nextBytes(id);
            case 1 -> Arrays.fill(id, (byte) 0xFF);
            default -> id[15] = (byte) random.nextInt(3);
        }
        return new Field(Kind.UUID, id);
    }

    /** One to three tagged fields where a section of them had none; sizes and tags that lie now and then. */
    private Field tags() {
        ByteBuffer out = ByteBuffer.allocate(512);
        int count = 1 + random.nextInt(3);
        out.put(Field.varint(random.nextInt(4) == 0 ? LENGTHS[random.nextInt(LENGTHS.length)] : count)
                .bytes());
        int tag = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            byte[] content = new byte[random.nextInt(20)];
            random.nextBytes(content);
            out.put(Field.varint(tag).bytes());
            out.put(Field.varint(random.nextInt(6) == 0 ? content.length + 1 : content.length)
                    .bytes());
            out.put(content);
            tag += random.nextInt(3); // the same tag twice is one of the lies
        }
        return new Field(Kind.VARINT, Arrays.copyOf(out.array(), out.position()));
    }

    private void text(Seed seed, List<Field> fields, boolean resize) {
        List<Integer> places = new ArrayList<>();
        for (int i = seed.headerFields() + (random.nextInt(10) == 0 ? -2 : 0); i < fields.size(); i++) {
            if (i >= 0 && fields.get(i).kind() == Kind.BYTES) {
                places.add(i);
            }
        }
        if (places.isEmpty()) {
            return;
        }
        int place = any(places);
        byte[] content = fields.get(place).bytes().clone();
        if (resize) {
            content = new byte[random.nextInt(50) == 0 ? HUGE_BYTES : LENGTHS[random.nextInt(7)] & 0xFF];
            Arrays.fill(content, (byte) ('a' + random.nextInt(26)));
        } else if (random.nextBoolean()) {
            content = vocabulary.word(random, seed.api());
        } else {
            for (int i = 0; i < content.length; i += 1 + random.nextInt(8)) {
                content[i] = (byte) random.nextInt(256);
            }
        }
        setBytes(fields, place, content);
    }

    /** With the length in front of it, whichever form that has. */
    private static void setBytes(List<Field> fields, int place, byte[] content) {
        Field old = fields.get(place);
        fields.set(place, new Field(old.kind(), content));
        Field length = fields.get(place - 1);
        int oldLength = old.bytes().length;
        if (length.kind() == Kind.VARINT
                && Arrays.equals(length.bytes(), Field.varint(oldLength + 1).bytes())) {
            fields.set(place - 1, Field.varint(content.length + 1));
        } else if (length.kind().isNumber() && length.number() == oldLength) {
            fields.set(place - 1, length.withNumber(content.length));
        }
    }

    private int any(Seed seed, List<Field> fields) {
        return seed.headerFields() + random.nextInt(Math.max(1, fields.size() - seed.headerFields()));
    }

    private List<Field> range(Seed seed, List<Field> fields) {
        int from = Math.min(any(seed, fields), fields.size());
        List<Field> range = fields.subList(from, Math.min(fields.size(), from + 1 + random.nextInt(6)));
        return range;
    }

    /** An element count of one becomes n, and what follows to the end comes n times: right where the array ends the message. */
    private void doubleArray(Seed seed, List<Field> fields) {
        int times = 2 + random.nextInt(random.nextInt(20) == 0 ? 2_000 : 4);
        for (int i = fields.size() - 1; i >= seed.headerFields(); i--) {
            Field count = fields.get(i);
            boolean compact = count.kind() == Kind.VARINT && count.bytes().length == 1 && count.bytes()[0] == 2;
            boolean plain = count.kind() == Kind.INT32 && count.number() == 1;
            if ((compact || plain) && random.nextInt(3) != 0) {
                fields.set(i, compact ? Field.varint(times + 1) : Field.int32(times));
                int end = compact ? fields.size() - 1 : fields.size(); // tags of the message stay last
                List<Field> element = List.copyOf(fields.subList(Math.min(i + 1, end), end));
                for (int n = 1; n < times && fields.size() < 50_000; n++) {
                    fields.addAll(end, element);
                }
                return;
            }
        }
    }

    private void deepCount(Seed seed, List<Field> fields) {
        int place = any(seed, fields);
        for (int i = place; i < fields.size(); i++) {
            Kind kind = fields.get(i).kind();
            if (kind == Kind.VARINT || kind == Kind.INT32) {
                int count = LENGTHS[9 + random.nextInt(LENGTHS.length - 9)];
                fields.set(i, kind == Kind.VARINT ? Field.varint(count) : Field.int32(count));
                return;
            }
        }
    }

    private void splice(Seed seed, List<Field> fields) {
        Seed other = any(seeds.getOrDefault(any(apis), List.of()));
        List<Field> tail =
                other.fields().subList(other.headerFields(), other.fields().size());
        int from = any(seed, fields);
        if (from < fields.size() && !tail.isEmpty()) {
            fields.subList(from, fields.size()).clear();
            fields.addAll(tail.subList(random.nextInt(tail.size()), tail.size()));
        }
    }

    private static byte[] join(List<Field> fields) {
        int size = 0;
        for (Field field : fields) {
            size += field.bytes().length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        fields.forEach(field -> out.put(field.bytes()));
        return out.array();
    }

    private byte[] lastTouch(Mutation mutation, byte[] body) {
        return switch (mutation) {
            case TRUNCATED -> Arrays.copyOf(body, random.nextInt(body.length));
            case LENGTHENED -> Arrays.copyOf(body, body.length + 1 + random.nextInt(64));
            case BIT_FLIPS -> {
                for (int left = 1 + random.nextInt(4); left > 0; left--) {
                    // Seldom in the header: what is behind it is of more interest.
                    int from = random.nextInt(8) == 0 ? 0 : Math.min(14, body.length - 1);
                    body[from + random.nextInt(body.length - from)] ^= (byte) (1 << random.nextInt(8));
                }
                yield body;
            }
            default -> body;
        };
    }

    private byte[] framed(Mutation mutation, byte[] body) {
        int length = body.length;
        if (mutation == Mutation.FRAME_LENGTH) {
            int[] lies = {
                0,
                -1,
                1,
                7,
                length - 1,
                length + 1,
                length * 2,
                100 << 20,
                (100 << 20) + 1,
                Integer.MAX_VALUE,
                Integer.MIN_VALUE
            };
            length = lies[random.nextInt(lies.length)];
        }
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(length)
                .put(body)
                .array();
    }
}
