/**
 * The admin port: health for supervisors and load balancers, metrics for Prometheus, over HTTP on loopback. Entry type:
 * {@link io.millrace.broker.admin.AdminPort}. Owner: the control loop; metrics are collected on the port's worker thread.
 */
@NullMarked
package io.millrace.broker.admin;

import org.jspecify.annotations.NullMarked;
