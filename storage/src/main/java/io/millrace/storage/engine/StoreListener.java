package io.millrace.storage.engine;

import io.millrace.storage.StorageFailure;

/** What the owner of a store wants to know about its directory. Told on the store's loop. */
public interface StoreListener {

    /** The directory is offline: nothing more is written. Every log's listener is told too. */
    void failed(StorageFailure failure);

    /** Whether what clients send is refused for want of disk space. */
    void full(boolean full);
}
