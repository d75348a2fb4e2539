/** Tests of the table of metrics and of what is gathered at a scrape. */
@NullMarked
package io.millrace.broker.metrics;

import org.jspecify.annotations.NullMarked;
