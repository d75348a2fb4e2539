/**
 * Consumer groups under churn: simulated members join, leave, die, pause and commit while their coordinator is killed and reads its
 * log again, and answers get lost. Entry type: {@link io.millrace.simulation.group.GroupChurn}; the long run is
 * {@link io.millrace.simulation.group.GroupChurnMain}. Owner: the simulation's thread.
 */
@NullMarked
package io.millrace.simulation.group;

import org.jspecify.annotations.NullMarked;
