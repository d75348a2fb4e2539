/** Tests of the admin port. */
@NullMarked
package io.millrace.broker.admin;

import org.jspecify.annotations.NullMarked;
