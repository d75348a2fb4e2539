/**
 * How calls to a cluster fail. Entry type: {@link io.millrace.client.error.ClientException}. Owner: none, all immutable.
 */
@NullMarked
package io.millrace.client.error;

import org.jspecify.annotations.NullMarked;
