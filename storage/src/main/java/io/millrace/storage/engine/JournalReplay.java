package io.millrace.storage.engine;

import io.millrace.storage.checkpoint.CheckpointLog;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.journal.JournalRecord;
import io.millrace.storage.journal.JournalVisitor;
import io.millrace.storage.journal.RecordKind;
import io.millrace.storage.journal.RecordLayout;
import java.util.Collection;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sorts the records of one journal to the logs that its checkpoint, or its own create records, name. Boot thread. */
final class JournalReplay implements JournalVisitor {

    private static final Logger LOG = LoggerFactory.getLogger(JournalReplay.class);

    private final TreeMap<Integer, RecoveringLog> logs = new TreeMap<>();
    private String damage = "";

    JournalReplay(CheckpointLog.Loaded checkpoint) {
        for (LogRow row : checkpoint.state().rows()) {
            logs.put(row.logId(), new RecoveringLog(row));
        }
        if (checkpoint.damaged()) {
            damaged(checkpoint.message());
        }
    }

    @Override
    public void record(JournalRecord record) {
        RecoveringLog log = logs.get(record.logId());
        if (log == null) {
            if (record.kind() != RecordKind.CREATE || !RecordLayout.isIdentityLength(record.lengthBytes())) {
                // Deleted and taken off the checkpoint, while an older file still tells of it.
                return;
            }
            log = new RecoveringLog(
                    RecordLayout.readIdentity(record.group(), record.position(), record.lengthBytes()),
                    record.baseOffset());
            if (!damage.isEmpty()) {
                log.suspect(damage);
            }
            logs.put(record.logId(), log);
            return;
        }
        log.apply(record);
    }

    @Override
    public void damaged(String message) {
        LOG.error("journal_damaged message={}", message);
        damage = message;
        for (RecoveringLog log : logs.values()) {
            log.suspect(message);
        }
    }

    /** By log id. */
    Collection<RecoveringLog> logs() {
        return logs.values();
    }
}
