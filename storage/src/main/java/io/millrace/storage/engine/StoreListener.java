package io.millrace.storage.engine;

import io.millrace.storage.StorageFailure;
import org.jspecify.annotations.Nullable;

/** What the owner of a store wants to know about its directory. Told on the store's loop. */
public interface StoreListener {

    /** The directory is offline: nothing more is written. Every log's listener is told too. */
    void failed(StorageFailure failure);

    /**
     * What clients send is refused for want of disk space or file descriptors, or taken again. Ends by itself.
     *
     * @param cause what, why, what to do; null when produce goes on
     */
    void refusing(@Nullable String cause);
}
