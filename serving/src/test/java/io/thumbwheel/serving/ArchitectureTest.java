package io.thumbwheel.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.inject.Inject;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The boundaries of serving, held by the build.
class ArchitectureTest {
    private static final JavaClasses SERVING =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.thumbwheel.serving");

    @Test
    void onlyPackageOnnxKnowsTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.thumbwheel.serving.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..")
                .check(SERVING);
    }

    @Test
    void nobodyKnowsATrainersEngine() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ai.djl..", "io.thumbwheel.trainer..", "io.thumbwheel.feedback..")
                .check(SERVING);
    }

    @Test
    void generationKnowsNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.thumbwheel.serving.generation..", "io.thumbwheel.serving.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "io.smallrye..",
                        "jakarta..",
                        "io.quarkus..",
                        "io.vertx..")
                .check(SERVING);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.thumbwheel.serving.(*)..").should().beFreeOfCycles().check(SERVING);
    }

    @Test
    void namesSayWhatAClassIs() {
        classes()
                .should()
                .haveNameNotMatching(".*\\.(Abstract|Base|Common)[A-Z]\\w*")
                .andShould()
                .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)")
                .check(SERVING);
    }

    @Test
    void collaboratorsComeByConstructor() {
        fields().should().notBeAnnotatedWith(Inject.class).check(SERVING);
    }

    @Test
    void nothingIsPrinted() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(SERVING);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(SERVING);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(SERVING.stream().map(JavaClass::getPackage).distinct())
                .isNotEmpty()
                .allSatisfy(in ->
                        assertThat(in.isAnnotatedWith(NullMarked.class)).as(in.getName()).isTrue());
    }
}
