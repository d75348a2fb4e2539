/**
 * Who may change the cluster's metadata, and how. Entry type: {@link io.millrace.replication.controller.Controller}: takes
 * commands from any thread, lets {@link io.millrace.replication.controller.ControllerMachine} decide records, has them made
 * durable by the metadata log, publishes the new image and answers. Owner: the control loop.
 */
@NullMarked
package io.millrace.replication.controller;

import org.jspecify.annotations.NullMarked;
