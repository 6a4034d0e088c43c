package io.thumbwheel.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.thumbwheel.standalone");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.thumbwheel.standalone.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void preferencesAndStatisticsKnowNothingOfThePlatform() {
        noClasses()
                .that()
                .resideInAnyPackage("..preference..", "..statistics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..standalone.platform..",
                        "..standalone.demo..",
                        "..standalone.client..",
                        "org.apache.kafka..")
                .check(CLASSES);
    }

    @Test
    void servicesAreMetOverHttpOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.thumbwheel.serving..",
                        "io.thumbwheel.feedback..",
                        "io.thumbwheel.trainer..")
                .check(CLASSES);
    }

    @Test
    void noClassIsADumpingGround() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Helper|Manager|Common|Impl).*")
                .check(CLASSES);
    }
}
