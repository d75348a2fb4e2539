package io.millrace.broker.coordinator.group;

import io.millrace.broker.coordinator.group.log.OffsetsLog;
import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupRecordCodec;
import io.millrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A log of encoded records that commits at once, or when the test says so, or not at all. */
final class MemoryOffsetsLog implements OffsetsLog {

    private record Stored(ByteBuffer key, @Nullable ByteBuffer value) {}

    private final List<Stored> records = new ArrayList<>();
    private final Deque<Committed> uncommitted = new ArrayDeque<>();
    private boolean holding;
    private ErrorCode refusal = ErrorCode.NONE;

    @Override
    public ErrorCode append(List<GroupRecord> batch, Committed committed) {
        if (refusal != ErrorCode.NONE) {
            return refusal;
        }
        for (GroupRecord record : batch) {
            records.add(new Stored(GroupRecordCodec.key(record), GroupRecordCodec.value(record)));
        }
        if (holding) {
            uncommitted.add(committed);
        } else {
            committed.done(ErrorCode.NONE);
        }
        return ErrorCode.NONE;
    }

    @Override
    public void load(Consumer<GroupRecord> sink, Consumer<ErrorCode> loaded) {
        for (Stored stored : records) {
            ByteBuffer value = stored.value();
            sink.accept(Objects.requireNonNull(
                    GroupRecordCodec.read(stored.key().duplicate(), value == null ? null : value.duplicate())));
        }
        loaded.accept(ErrorCode.NONE);
    }

    /** From now on appends wait for {@link #commit} or {@link #lose}. */
    void hold() {
        holding = true;
    }

    void commit() {
        holding = false;
        while (!uncommitted.isEmpty()) {
            uncommitted.remove().done(ErrorCode.NONE);
        }
    }

    void lose(ErrorCode error) {
        holding = false;
        while (!uncommitted.isEmpty()) {
            uncommitted.remove().done(error);
        }
    }

    void refuse(ErrorCode error) {
        refusal = error;
    }

    int size() {
        return records.size();
    }
}
