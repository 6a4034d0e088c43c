package io.thumbwheel.schemas.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// How Llama 3.1 stretches the rotary embedding to longer texts than it was first trained on: waves
/// longer than `originalContext / lowFactor` positions become `factor` times longer, those shorter
/// than `originalContext / highFactor` stay, and in between it goes over evenly (`rope_type`
/// `llama3` of Hugging Face transformers). Other kinds are refused by name.
///
/// @param factor by how much the longest waves are stretched
/// @param lowFactor where stretching is full
/// @param highFactor where it begins
/// @param originalContext positions of the first training
public record RopeScaling(double factor, double lowFactor, double highFactor, int originalContext) {
    public RopeScaling {
        if (!(factor >= 1 && lowFactor > 0 && highFactor > lowFactor && originalContext > 0)) {
            throw new UnsupportedModelException(
                    "rope_scaling needs factor >= 1, 0 < low_freq_factor < high_freq_factor and original_max_position_embeddings > 0, got %s, %s, %s and %s"
                            .formatted(factor, lowFactor, highFactor, originalContext));
        }
    }

    /// What `config.json` says under `rope_scaling`, or under `rope_parameters` as transformers 5
    /// writes it.
    static Optional<RopeScaling> of(JsonNode config) {
        for (String key : new String[] {"rope_scaling", "rope_parameters"}) {
            JsonNode json = config.path(key);
            if (json.isMissingNode() || json.isNull()) {
                continue;
            }
            // Transformers 5 always has rope_parameters, if only for rope_theta.
            String silent = key.equals("rope_parameters") ? "default" : "(none)";
            String kind = json.path("rope_type").asText(json.path("type").asText(silent));
            if (kind.equals("llama3")) {
                return Optional.of(
                        new RopeScaling(
                                json.path("factor").asDouble(),
                                json.path("low_freq_factor").asDouble(),
                                json.path("high_freq_factor").asDouble(),
                                json.path("original_max_position_embeddings").asInt()));
            }
            if (!kind.equals("default")) {
                throw new UnsupportedModelException(
                        "%s.rope_type '%s' is not supported: only 'default' and 'llama3' are"
                                .formatted(key, kind));
            }
        }
        return Optional.empty();
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("rope_type", "llama3");
        json.put("factor", factor);
        json.put("low_freq_factor", lowFactor);
        json.put("high_freq_factor", highFactor);
        json.put("original_max_position_embeddings", originalContext);
        return json;
    }

    /// The stretched form of a frequency, both in radians per position.
    double stretched(double frequency) {
        double turns = originalContext * frequency / (2 * Math.PI);
        double kept = Math.clamp((turns - lowFactor) / (highFactor - lowFactor), 0.0, 1.0);
        return kept * frequency + (1 - kept) * frequency / factor;
    }
}
