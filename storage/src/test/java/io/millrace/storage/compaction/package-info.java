/** Tests of compaction without a store: maps, filters, decisions and passes over segments in a folder. */
@NullMarked
package io.millrace.storage.compaction;

import org.jspecify.annotations.NullMarked;
