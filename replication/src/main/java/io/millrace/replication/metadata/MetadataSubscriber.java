package io.millrace.replication.metadata;

/** Told on its own loop about every published image, in order, without gaps. */
@FunctionalInterface
public interface MetadataSubscriber {

    /**
     * A newer image was committed.
     *
     * @param before what the previous call had as {@code after}; {@link MetadataImage#EMPTY} in the first
     * @param delta from {@code before} to {@code after}
     */
    void changed(MetadataImage before, MetadataImage after, MetadataDelta delta);
}
