/** Tests of parts of one log that need no files. */
@NullMarked
package io.millrace.storage.log;

import org.jspecify.annotations.NullMarked;
