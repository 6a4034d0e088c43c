package io.thumbwheel.trainer;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.thumbwheel.trainer.model.ComputeDevice;
import jakarta.inject.Inject;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The boundaries of the trainer, held by the build.
class ArchitectureTest {
    private static final JavaClasses TRAINER =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.thumbwheel.trainer");

    @Test
    void onlyPackageOnnxKnowsTheServingEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.thumbwheel.trainer.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..")
                .check(TRAINER);
    }

    @Test
    void nobodyKnowsAnotherService() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.thumbwheel.serving..", "io.thumbwheel.feedback..")
                .check(TRAINER);
    }

    @Test
    void learningKnowsNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.thumbwheel.trainer.model..",
                        "io.thumbwheel.trainer.data..",
                        "io.thumbwheel.trainer.pretraining..",
                        "io.thumbwheel.trainer.formats..",
                        "io.thumbwheel.trainer.offline..",
                        "io.thumbwheel.trainer.sft..",
                        "io.thumbwheel.trainer.checkpoint..",
                        "io.thumbwheel.trainer.reward..",
                        "io.thumbwheel.trainer.preference..",
                        "io.thumbwheel.trainer.ppo..",
                        "io.thumbwheel.trainer.evaluation..",
                        "io.thumbwheel.trainer.onnx..",
                        "io.thumbwheel.trainer.release..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "io.smallrye..",
                        "jakarta..",
                        "io.quarkus..",
                        "io.vertx..")
                .check(TRAINER);
    }

    /// A tensor made anywhere else than by the manager of a run would be on another device than the
    /// run's models.
    @Test
    void onlyTheDeviceMakesManagers() {
        noClasses()
                .that()
                .areNotAssignableTo(ComputeDevice.class)
                .and()
                .haveNameNotMatching(".*\\.model\\.TorchScript")
                .should()
                .callMethodWhere(
                        target(owner(assignableTo(NDManager.class)))
                                .and(target(nameMatching("newBaseManager"))))
                .check(TRAINER);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.thumbwheel.trainer.model..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Device.class)
                .check(TRAINER);
    }

    /// What a view of a GPU's tensor reads or writes is lost.
    @Test
    void onlyTensorValuesLooksIntoATensorsMemory() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.model\\.TensorValues")
                .should()
                .callMethodWhere(
                        target(owner(assignableTo(NDArray.class)))
                                .and(target(nameMatching("toByteBuffer|set"))))
                .check(TRAINER);
    }

    /// DJL lets go of such a number before a backward pass has used it
    /// ([io.thumbwheel.trainer.model.Scale]).
    @Test
    void onlyScaleMultipliesByNumbers() {
        noClasses()
                .should()
                .callMethodWhere(
                        target(nameMatching("(mul|div|mod|pow|maximum|minimum)i?"))
                                .and(
                                        target(owner(assignableTo(NDArray.class)))
                                                .and(target(rawParameterTypes(Number.class)))
                                                .or(
                                                        target(
                                                                rawParameterTypes(
                                                                        NDArray.class,
                                                                        Number.class)))
                                                .or(
                                                        target(
                                                                rawParameterTypes(
                                                                        Number.class,
                                                                        NDArray.class)))))
                .check(TRAINER);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.thumbwheel.trainer.(*)..").should().beFreeOfCycles().check(TRAINER);
    }

    @Test
    void namesSayWhatAClassIs() {
        classes()
                .should()
                .haveNameNotMatching(".*\\.(Abstract|Base|Common)[A-Z]\\w*")
                .andShould()
                .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)")
                .check(TRAINER);
    }

    @Test
    void collaboratorsComeByConstructor() {
        fields().should().notBeAnnotatedWith(Inject.class).check(TRAINER);
    }

    @Test
    void nothingIsPrinted() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(TRAINER);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(TRAINER);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(TRAINER.stream().map(JavaClass::getPackage).distinct())
                .isNotEmpty()
                .allSatisfy(in ->
                        assertThat(in.isAnnotatedWith(NullMarked.class)).as(in.getName()).isTrue());
    }
}
