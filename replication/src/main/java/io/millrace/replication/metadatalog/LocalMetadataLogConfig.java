package io.millrace.replication.metadatalog;

/**
 * How a local metadata log bounds its file. Immutable.
 *
 * @param snapshotAfterBytes a snapshot is due once the log file is larger than this and than twice the last snapshot
 */
public record LocalMetadataLogConfig(long snapshotAfterBytes) {

    public static final LocalMetadataLogConfig DEFAULT = new LocalMetadataLogConfig(4L << 20);

    public LocalMetadataLogConfig {
        if (snapshotAfterBytes < 1) {
            throw new IllegalArgumentException("snapshotAfterBytes must be at least 1, is " + snapshotAfterBytes);
        }
    }
}
