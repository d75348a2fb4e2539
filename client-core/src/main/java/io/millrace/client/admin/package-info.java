/**
 * Looking after topics: create, delete, list, describe, offsets. Entry type: {@link io.millrace.client.admin.Admin}. Owner: the
 * client's one event loop, on which futures complete.
 */
@NullMarked
package io.millrace.client.admin;

import org.jspecify.annotations.NullMarked;
