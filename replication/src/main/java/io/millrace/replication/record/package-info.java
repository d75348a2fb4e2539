/**
 * Metadata records, generated from {@code src/main/schemas}: values without behaviour. Entry type:
 * {@link io.millrace.replication.record.FormatRecord}, the first of every log. Owner: whoever made them; mutable until
 * appended, never changed after.
 */
@NullMarked
package io.millrace.replication.record;

import org.jspecify.annotations.NullMarked;
