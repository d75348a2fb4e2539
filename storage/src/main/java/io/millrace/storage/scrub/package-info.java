/**
 * The background look at what nobody reads: sealed segments and their {@code .side} files, one at a time in the whole broker and at
 * a bounded rate. Entry: {@link io.millrace.storage.scrub.Scrubber}, one per store, owned by the shard loop.
 */
@NullMarked
package io.millrace.storage.scrub;

import org.jspecify.annotations.NullMarked;
