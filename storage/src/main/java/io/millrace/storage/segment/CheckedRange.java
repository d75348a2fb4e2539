package io.millrace.storage.segment;

import io.millrace.storage.disk.DiskException;
import org.jspecify.annotations.Nullable;

/**
 * What may be served of a located range. Immutable.
 *
 * @param range sound, as far as it was checked
 * @param damage of what lies behind it, null when nothing was found
 */
public record CheckedRange(LocatedRange range, @Nullable DiskException damage) {}
