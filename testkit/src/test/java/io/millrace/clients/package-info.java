/** Real clients against a real broker. Entry type: JavaClientIT. Owner: each test's thread. */
@NullMarked
package io.millrace.clients;

import org.jspecify.annotations.NullMarked;
