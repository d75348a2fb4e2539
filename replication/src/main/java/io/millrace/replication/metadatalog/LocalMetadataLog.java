package io.millrace.replication.metadatalog;

import io.millrace.protocol.Message;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.disk.FailStopDisk;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata log of a single process: its own synced file, no Raft. Owned by the control loop; files are touched on its
 * disk lane, in the order of the calls.
 *
 * <p>An append is one frame, written and synced before {@code committed}. After a failed write or sync nothing is retried:
 * the log has failed and the process must start again, when the torn tail is cut. A full disk is the exception: the frame
 * is taken back, the append is refused, and the log goes on.
 */
public final class LocalMetadataLog implements MetadataLog {

    private static final Logger LOG = LoggerFactory.getLogger(LocalMetadataLog.class);

    /** There is one leader and one term. */
    private static final int TERM = 1;

    private enum State {
        NEW,
        STARTING,
        LEADING,
        FAILED,
        CLOSED
    }

    private final EventLoop controlLoop;
    private final DiskLane lane;
    private final Path directory;
    private final LocalMetadataLogConfig config;
    private final LocalLogFiles files;
    private @Nullable Listener listener;
    private State state = State.NEW;
    private long endOffset;
    private long logBytes;
    private long snapshotBytes;
    private boolean snapshotting;
    /** At most one: its records were decided on the state before it, and a refusal must leave nothing behind it. */
    private boolean appending;

    public LocalMetadataLog(
            EventLoop controlLoop, Disk disk, DiskLane lane, Path directory, LocalMetadataLogConfig config) {
        this.controlLoop = controlLoop;
        this.lane = lane;
        this.directory = directory;
        this.config = config;
        this.files = new LocalLogFiles(new FailStopDisk(disk), directory);
    }

    /** What opening gives: exactly one of the two. */
    private record Opened(
            @Nullable LocalLogRecovery recovery, @Nullable MetadataLogException refused) {}

    @Override
    public void start(Listener listener) {
        controlLoop.checkOwned();
        if (state != State.NEW) {
            throw new IllegalStateException("the metadata log was started before, is " + state);
        }
        this.listener = listener;
        state = State.STARTING;
        long wallMs = controlLoop.clock().wallMs();
        lane.submit(() -> open(wallMs), this::opened);
    }

    private Opened open(long wallMs) throws DiskException {
        try {
            return new Opened(files.open(wallMs), null);
        } catch (MetadataLogException e) {
            return new Opened(null, e);
        }
    }

    private void opened(@Nullable Opened opened, @Nullable DiskException failure) {
        if (state != State.STARTING) {
            return;
        }
        if (opened == null) {
            fail(failed("cannot open the metadata log " + directory, failure));
            return;
        }
        LocalLogRecovery recovery = opened.recovery();
        if (recovery == null) {
            fail(opened.refused() == null ? failed("cannot open " + directory, null) : opened.refused());
            return;
        }
        if (recovery.tornBytes() > 0) {
            LOG.info(
                    "metadata log cut: path={} tornBytes={} endOffset={}",
                    directory,
                    recovery.tornBytes(),
                    recovery.endOffset());
        }
        endOffset = recovery.endOffset();
        logBytes = recovery.logBytes();
        snapshotBytes = recovery.snapshotBytes();
        Listener told = listener();
        List<Message> snapshotRecords = recovery.snapshotRecords();
        if (snapshotRecords != null) {
            told.restored(snapshotRecords, recovery.snapshotEndOffset());
        }
        for (MetadataBatch batch : recovery.batches()) {
            told.committed(batch);
        }
        if (state == State.STARTING) {
            state = State.LEADING;
            told.leading(TERM);
        }
    }

    @Override
    public void append(int term, long baseOffset, List<Message> records) {
        controlLoop.checkOwned();
        if (state == State.FAILED || state == State.CLOSED) {
            return;
        }
        if (state != State.LEADING || term != TERM || appending) {
            throw new IllegalStateException("append in term " + term + " to a metadata log that is " + state
                    + (appending ? " with an append in flight" : ""));
        }
        if (baseOffset != endOffset) {
            throw new IllegalArgumentException(
                    "metadata records decided for offset " + baseOffset + " meet a log that ends at " + endOffset);
        }
        MetadataBatch batch = new MetadataBatch(baseOffset, records);
        long wallMs = controlLoop.clock().wallMs();
        appending = true;
        lane.submit(
                () -> files.append(batch.baseOffset(), batch.records(), wallMs),
                (length, failure) -> appended(batch, length, failure));
    }

    private void appended(MetadataBatch batch, @Nullable Long length, @Nullable DiskException failure) {
        appending = false;
        if (state != State.LEADING) {
            return;
        }
        if (length != null) {
            endOffset = batch.endOffset();
            logBytes = length;
            listener().committed(batch);
        } else if (failure != null && failure.kind() == DiskException.Kind.FULL) {
            listener()
                    .appendRefused(new MetadataLogException(
                            MetadataLogException.Kind.FULL,
                            "no space left for metadata in " + directory + "; free some and try again",
                            failure));
        } else {
            fail(failed("cannot append to the metadata log " + directory, failure));
        }
    }

    @Override
    public boolean snapshotDue() {
        return state == State.LEADING
                && !snapshotting
                && logBytes > Math.max(config.snapshotAfterBytes(), 2 * snapshotBytes);
    }

    @Override
    public void snapshot(MetadataImage committed) {
        controlLoop.checkOwned();
        if (state != State.LEADING || snapshotting || appending) {
            return;
        }
        if (committed.endOffset() != endOffset) {
            throw new IllegalArgumentException("snapshot of an image at offset " + committed.endOffset()
                    + " while the metadata log ends at " + endOffset);
        }
        snapshotting = true;
        long wallMs = controlLoop.clock().wallMs();
        lane.submit(() -> files.snapshot(committed, wallMs), (sizeBytes, failure) -> snapshotted(sizeBytes, failure));
    }

    private void snapshotted(@Nullable Long sizeBytes, @Nullable DiskException failure) {
        snapshotting = false;
        if (state != State.LEADING) {
            return;
        }
        if (sizeBytes == null && failure != null && failure.kind() == DiskException.Kind.FULL) {
            LOG.warn("metadata snapshot skipped: path={} reason={}", directory, failure.getMessage());
            // Nothing changed; not due again before the log has doubled.
            snapshotBytes = logBytes;
            return;
        }
        if (sizeBytes == null) {
            fail(failed("cannot write a metadata snapshot in " + directory, failure));
            return;
        }
        snapshotBytes = sizeBytes;
        logBytes = Frame.HEADER_BYTES;
    }

    @Override
    public void close(Runnable closed) {
        controlLoop.checkOwned();
        if (state == State.CLOSED) {
            throw new IllegalStateException("the metadata log was closed before");
        }
        state = State.CLOSED;
        lane.submit(this::closeFiles, (nothing, failure) -> {
            if (failure != null) {
                LOG.warn("metadata log close failed: path={} reason={}", directory, failure.getMessage());
            }
            closed.run();
        });
    }

    private Boolean closeFiles() throws DiskException {
        files.close();
        return Boolean.TRUE;
    }

    private void fail(MetadataLogException reason) {
        state = State.FAILED;
        listener().failed(reason);
    }

    private Listener listener() {
        if (listener == null) {
            throw new IllegalStateException("the metadata log was not started");
        }
        return listener;
    }

    private static MetadataLogException failed(String what, @Nullable DiskException failure) {
        return new MetadataLogException(
                MetadataLogException.Kind.FAILED, what + (failure == null ? "" : ": " + failure.getMessage()), failure);
    }
}
