package io.thumbwheel.feedback;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The boundaries of this module.
final class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.thumbwheel.feedback");

    @Test
    void theCoresArePure() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "..feedback.pairing..",
                        "..feedback.trust..",
                        "..feedback.statistics..",
                        "..feedback.simulation..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..", "io.quarkus..", "jakarta..", "io.micrometer..")
                .check(CLASSES);
    }

    @Test
    void onlyTheStreamKnowsKafkaStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..feedback.stream..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka.streams..", "org.rocksdb..")
                .check(CLASSES);
    }

    @Test
    void knowsNoModel() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..", "ai.onnxruntime..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.thumbwheel.feedback.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void noDumpingGround() {
        noClasses()
                .should()
                .haveSimpleNameContaining("Util")
                .orShould()
                .haveSimpleNameContaining("Helper")
                .orShould()
                .haveSimpleNameContaining("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .check(CLASSES);
    }

    @Test
    void collaboratorsComeByConstructor() {
        fields().should().notBeAnnotatedWith("jakarta.inject.Inject").check(CLASSES);
    }

    @Test
    void logsGoThroughTheLogger() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
    }
}
