/**
 * What those who are up to date feel while others read old data, or read too slowly. Entry type: {@link
 * io.millrace.bench.catchup.CatchUp}. Owner: the program's thread; broker and catching-up consumer are processes of their own.
 */
@NullMarked
package io.millrace.bench.catchup;

import org.jspecify.annotations.NullMarked;
