/** Short runs of the group churn. */
@NullMarked
package io.millrace.simulation.group;

import org.jspecify.annotations.NullMarked;
