package io.millrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The direction of dependencies, and where the outside world may be touched. */
class ArchitectureTest {

    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            // Wires anything to anything, for tests; nothing shipped depends on it.
            .withImportOption(location -> !location.contains("/io/millrace/testkit/"))
            .importPackages("io.millrace");

    /** Packages that are an edge to the outside world, each with its reason in its package-info. */
    private static final String[] EDGES = {
        "io.millrace.runtime..",
        "io.millrace.storage.disk..",
        "io.millrace.network..",
        "io.millrace.client..",
        "io.millrace.tools..",
        "io.millrace.broker.boot..",
        "io.millrace.simulation..",
        "io.millrace.bench.."
    };

    @Test
    void modulesDependInOneDirection() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.millrace..")
                .layer("runtime")
                .definedBy("io.millrace.runtime..")
                .layer("protocol")
                .definedBy("io.millrace.protocol..")
                .layer("network")
                .definedBy("io.millrace.network..")
                .layer("client")
                .definedBy("io.millrace.client..")
                .layer("storage")
                .definedBy("io.millrace.storage..")
                .layer("replication")
                .definedBy("io.millrace.replication..")
                .layer("broker")
                .definedBy("io.millrace.broker..")
                .layer("tools")
                .definedBy("io.millrace.tools..")
                .whereLayer("tools")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("broker")
                .mayOnlyBeAccessedByLayers("tools")
                .whereLayer("replication")
                .mayOnlyBeAccessedByLayers("broker", "tools")
                .whereLayer("storage")
                .mayOnlyBeAccessedByLayers("replication", "broker", "tools")
                .whereLayer("client")
                .mayOnlyBeAccessedByLayers("tools")
                .whereLayer("network")
                .mayOnlyBeAccessedByLayers("client", "broker", "tools")
                .whereLayer("protocol")
                .mayOnlyBeAccessedByLayers("network", "client", "storage", "replication", "broker", "tools")
                .check(SHIPPED);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.millrace.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(resideInAnyPackage("io.millrace.protocol.message.."), alwaysTrue())
                .check(SHIPPED);
    }

    @Test
    void theOutsideWorldIsReachedOnlyAtItsEdges() {
        noClasses()
                .that()
                .resideOutsideOfPackages(EDGES)
                // Hand a segment's channel from storage.disk to the network, for sendfile: slices of files, and of
                // tails once
                // they moved to a file.
                .and()
                .haveNameNotMatching("io\\.millrace\\.broker\\.request\\.SlicePayload\\$(File|Tail)Region")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(
                        java.util.Random.class,
                        java.util.SplittableRandom.class,
                        java.security.SecureRandom.class,
                        java.time.Clock.class,
                        java.util.Timer.class,
                        java.util.concurrent.ThreadLocalRandom.class,
                        java.util.concurrent.Executors.class,
                        java.util.concurrent.ExecutorService.class,
                        java.nio.channels.FileChannel.class,
                        java.io.RandomAccessFile.class)
                .check(SHIPPED);
    }

    @Test
    void threadsAndLocksLiveOnlyAtTheEdges() {
        noClasses()
                .that()
                .resideOutsideOfPackages(EDGES)
                .should()
                .callConstructorWhere(target(owner(assignableTo(Thread.class))))
                .orShould()
                .callMethodWhere(target(owner(type(Thread.class))))
                .orShould()
                .callMethodWhere(target(owner(type(CompletableFuture.class))).and(target(nameMatching(".*Async"))))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent.locks..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(
                        Thread.Builder.class,
                        java.util.concurrent.ConcurrentHashMap.class,
                        java.util.concurrent.ForkJoinPool.class)
                .check(SHIPPED);
    }

    @Test
    void onlyTheNetworkKnowsNettyTransports() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.millrace.network..", "io.millrace.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "io.netty.handler..")
                .check(SHIPPED);
    }

    @Test
    void storageSeesNoNettyBuffer() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.millrace.storage..", "io.millrace.protocol.record..", "io.millrace.protocol.compress..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..")
                .check(SHIPPED);
    }

    @Test
    void namesSayWhatAThingIs() {
        classes()
                .that()
                .resideOutsideOfPackage("io.millrace.protocol.message..")
                .should(not(haveAnEmptyName()))
                .check(SHIPPED);
    }

    /** Words that could stand on any class and so tell nothing. */
    private static ArchCondition<JavaClass> haveAnEmptyName() {
        return new ArchCondition<>("have a name that says nothing") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean empty = type.getSimpleName()
                        .matches("(Abstract|Base).*|.*(Manager|Helper|Utils?|Common|Misc|Impl|Data|Info)");
                events.add(new SimpleConditionEvent(type, empty, type.getName()));
            }
        };
    }
}
