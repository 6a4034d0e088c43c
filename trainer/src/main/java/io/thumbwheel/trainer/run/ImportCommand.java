package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import io.thumbwheel.trainer.store.Import;
import io.thumbwheel.trainer.store.OnnxGraphs;
import io.thumbwheel.trainer.store.Quantising;
import io.thumbwheel.trainer.store.ReleaseMaker;
import io.thumbwheel.trainer.store.ReleaseStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `trainer import DIR`: a Hugging Face folder becomes release r0 of an empty store. A trainer that
/// starts on that store decides that it serves.
@Command(
        name = "import",
        description = "Makes a Llama-family Hugging Face folder release r0 of an empty store.",
        mixinStandardHelpOptions = true)
public final class ImportCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "DIR",
            description = "config.json, model.safetensors, tokenizer.json, ...")
    private Path folder = Path.of(".");

    @Option(
            names = "--releases",
            paramLabel = "DIR",
            defaultValue = "${env:THUMBWHEEL_RELEASES:-data/releases}",
            description = "The release store (default: THUMBWHEEL_RELEASES, data/releases).")
    private Path releases = Path.of("data/releases");

    @Option(
            names = "--beside",
            description =
                    "Import it beside the releases that are there: it serves whoever names it as model, until it is promoted.")
    private boolean beside;

    @Option(
            names = "--quantise",
            paramLabel = "PRECISIONS",
            defaultValue = "${env:THUMBWHEEL_QUANTISE:-auto}",
            description =
                    "Quantised graphs beside the fp32 one: none, int8, int4, int8,int4, or auto, which takes int8 from 16 million parameters on (default: THUMBWHEEL_QUANTISE, auto).")
    private String quantise = "auto";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        ReleaseStore store = ReleaseStore.open(releases, Clock.systemUTC());
        try {
            OnnxGraphs graphs = new OnnxGraphs(Quantising.parse(quantise));
            Import importer = new Import(store, new ReleaseMaker(store, graphs));
            ReleaseManifest release = beside ? importer.beside(folder) : importer.reference(folder);
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "imported %s as %s: %d files, graph within %.1e nats of the checkpoint%n",
                    folder,
                    store.folder(release.id()),
                    release.files().size() + 1,
                    release.parity().maxLogProb());
            release.quantised()
                    .forEach((precision, gap) ->
                            out.printf(
                                    "%s graph within %.3f nats, %.4f in the mean; %.1f%% of its most probable tokens are the checkpoint's%n",
                                    precision.label(),
                                    gap.parity().maxLogProb(),
                                    gap.parity().meanLogProb(),
                                    100 * gap.greedyAgreement()));
            return 0;
        } catch (UnsupportedModelException
                | IllegalArgumentException
                | IllegalStateException refused) {
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
    }
}
