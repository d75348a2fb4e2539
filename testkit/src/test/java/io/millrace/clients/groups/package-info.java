/**
 * Groups of native consumers, alone and together with Kafka's, against a real broker. Entry type:
 * {@link io.millrace.clients.groups.NativeGroupIT}. Owner: each test; members run on threads of their own.
 */
@NullMarked
package io.millrace.clients.groups;

import org.jspecify.annotations.NullMarked;
