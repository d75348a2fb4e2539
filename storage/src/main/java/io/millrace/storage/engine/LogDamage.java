package io.millrace.storage.engine;

import io.millrace.storage.LogIdentity;
import io.millrace.storage.StorageFailure;

/** A log that was found damaged at start and is read-only until it is reset. */
public record LogDamage(LogIdentity log, StorageFailure failure) {}
