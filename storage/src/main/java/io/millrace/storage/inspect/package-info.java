/**
 * Looks at a stopped broker's log directory as recovery would, without changing it, and says what is damaged. Entry type:
 * {@link io.millrace.storage.inspect.DirectoryInspection}. Owner: the calling thread; every method blocks.
 */
@NullMarked
package io.millrace.storage.inspect;

import org.jspecify.annotations.NullMarked;
