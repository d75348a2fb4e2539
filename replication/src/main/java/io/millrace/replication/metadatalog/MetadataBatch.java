package io.millrace.replication.metadatalog;

import io.millrace.protocol.Message;
import java.util.List;

/**
 * Records that are in the metadata log as a whole or not at all. Immutable; so are the records from now on.
 *
 * @param baseOffset metadata offset of the first record
 * @param records at least one
 */
public record MetadataBatch(long baseOffset, List<Message> records) {

    public MetadataBatch {
        records = List.copyOf(records);
    }

    /** Exclusive. */
    public long endOffset() {
        return baseOffset + records.size();
    }
}
