/**
 * What the broker measures: one {@linkplain io.millrace.broker.metrics.Meter table} of every metric, and how their values are
 * gathered at a scrape. Entry type: {@link io.millrace.broker.metrics.Meter}. Owner: each source its own loop; what was
 * gathered, the admin port's worker.
 *
 * <p>Hot paths count into fields of objects that they hold anyway, owned by their loop: no lock, no look-up, no allocation. A
 * scrape posts one task to each loop, which copies the numbers out; nothing runs between two scrapes.
 */
@NullMarked
package io.millrace.broker.metrics;

import org.jspecify.annotations.NullMarked;
