package io.thumbwheel.feedback.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForeignRowTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Test
    void transcriptsAreAPick() throws Exception {
        ObjectNode line =
                one(
                        """
                        {"chosen": "\\n\\nHuman: Hi\\n\\nAssistant: Hello!\\n\\nHuman: Bye\\n\\nAssistant: See you.",
                         "rejected": "\\n\\nHuman: Hi\\n\\nAssistant: Hello!\\n\\nHuman: Bye\\n\\nAssistant: No."}
                        """);

        assertThat(line.path("kind").asText()).isEqualTo("pick");
        assertThat(line.path("chosen").asInt()).isZero();
        assertThat(line.path("answers")).hasToString("[\"See you.\",\"No.\"]");
        assertThat(line.path("prompt"))
                .hasToString(
                        "[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello!\"},{\"role\":\"user\",\"content\":\"Bye\"}]");
        assertThat(line.path("rater").path("id").asText()).matches("import-[0-9a-f]{3}");
        assertThat(line.path("consent").asBoolean()).isTrue();
    }

    @Test
    void trlsTypesArePicksAndThumbs() throws Exception {
        assertThat(
                        one("""
                        {"prompt": [{"role":"user","content":"Sky?"}],
                         "chosen": [{"role":"assistant","content":"Blue."}],
                         "rejected": [{"role":"assistant","content":"Green."}]}
                        """)
                                .path("answers"))
                .hasToString("[\"Blue.\",\"Green.\"]");
        assertThat(
                        one("""
                        {"prompt": "Sky?", "completion": " Green.", "label": false}
                        """)
                                .path("value")
                                .asText())
                .isEqualTo("down");
    }

    @Test
    void arenaVotesKeepTheirFourVerdicts() throws Exception {
        assertThat(vote("model_b").path("chosen").asInt()).isEqualTo(1);
        assertThat(vote("tie").path("chosen").asText()).isEqualTo("tie");
        assertThat(vote("tie (bothbad)").path("chosen").asText()).isEqualTo("both_bad");
        assertThat(vote("model_a").path("rater").path("id").asText()).isEqualTo("judge-7");
        assertThatThrownBy(() -> vote("nobody"))
                .isInstanceOfSatisfying(
                        BadRowException.class,
                        bad -> assertThat(bad.problem()).isEqualTo(RowProblem.UNKNOWN_SHAPE));
    }

    @Test
    void openWebUisFeedbackIsAThumbAndItsArenaAPick() throws Exception {
        ObjectNode thumb = one(openWebUi(-1, false));
        assertThat(thumb.path("value").asText()).isEqualTo("down");
        assertThat(thumb.path("reasons")).hasToString("[\"being_lazy\"]");
        assertThat(thumb.path("comment").asText()).isEqualTo("Too short.");
        assertThat(thumb.path("answers")).hasToString("[\"Once.\"]");
        assertThat(thumb.path("rater").path("id").asText()).isEqualTo("user-9");

        assertThat(one(openWebUi(1, true)).path("answers")).hasToString("[\"Once.\",\"Twice.\"]");
    }

    @Test
    void eachRankedQuestionOfATreeIsARanking() throws Exception {
        List<ObjectNode> lines =
                lines(
                        """
                        {"message_tree_id": "t", "prompt": {"role": "prompter", "text": "Tea?", "replies": [
                          {"role": "assistant", "text": "No.", "rank": 1, "replies": []},
                          {"role": "assistant", "text": "Yes.", "rank": 0, "replies": [
                            {"role": "prompter", "text": "Milk?", "replies": [
                              {"role": "assistant", "text": "A", "rank": 0, "replies": []},
                              {"role": "assistant", "text": "B", "rank": 0, "replies": []},
                              {"role": "assistant", "text": "C", "rank": null, "replies": []}]}]}]}}
                        """);

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().path("order")).hasToString("[[1],[0]]");
        assertThat(lines.getLast().path("order")).hasToString("[[0,1]]");
        assertThat(lines.getLast().path("prompt")).hasSize(3);
    }

    @Test
    void taskmastersRewardIsAThumb() throws Exception {
        ObjectNode line =
                one(
                        """
                        {"context": "[{\\"role\\":\\"agent\\",\\"text\\":\\"Welcome.\\"},{\\"role\\":\\"user\\",\\"text\\":\\"Espresso\\"}]",
                         "generation": "{\\"role\\":\\"agent\\",\\"api\\":{\\"order\\":1}}", "reward": 1.0}
                        """);

        assertThat(line.path("value").asText()).isEqualTo("up");
        assertThat(line.path("answers")).hasToString("[\"{\\\"order\\\":1}\"]");
        assertThat(line.path("prompt").path(0).path("role").asText()).isEqualTo("system");
    }

    @Test
    void topicalChatsTurnsAreRatings() throws Exception {
        List<ObjectNode> lines =
                lines(
                        """
                        {"content": [{"message":"Hi","turn_rating":"Good"},
                          {"message":"Hello","turn_rating":"Excellent"},
                          {"message":"Rain?","turn_rating":"Poor"}], "conversation_rating": {}}
                        """);

        assertThat(lines).extracting(line -> line.path("value").asInt()).containsExactly(7, 1);
        assertThat(lines.getLast().path("prompt"))
                .hasToString("[{\"role\":\"user\",\"content\":\"Hello\"}]");
    }

    @Test
    void theSameRowHasTheSameId() throws Exception {
        String row = "{\"prompt\": \"Sky?\", \"completion\": \"Green.\", \"label\": false}";

        assertThat(one(row).path("id")).isEqualTo(one(row).path("id"));
        assertThat(one(row).path("id")).isNotEqualTo(one(row.replace("false", "true")).path("id"));
    }

    private static ObjectNode vote(String winner) throws Exception {
        return one(
                """
                {"winner": "%s", "judge": "judge-7",
                 "conversation_a": [{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],
                 "conversation_b": [{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]}
                """
                        .formatted(winner));
    }

    private static String openWebUi(int rating, boolean arena) {
        return """
        {"id": "f", "user_id": "user-9", "type": "rating",
         "data": {"rating": %d, "reason": "being_lazy", "comment": "Too short."},
         "meta": {"arena": %s, "message_id": "m2"},
         "snapshot": {"chat": {"chat": {"history": {"messages": {
           "m1": {"id": "m1", "parentId": null, "childrenIds": ["m2", "m3"], "role": "user", "content": "A story"},
           "m2": {"id": "m2", "parentId": "m1", "role": "assistant", "content": "Once."},
           "m3": {"id": "m3", "parentId": "m1", "role": "assistant", "content": "Twice."}}}}}}}
        """
                .formatted(rating, arena);
    }

    private static ObjectNode one(String json) throws Exception {
        List<ObjectNode> lines = lines(json);
        assertThat(lines).hasSize(1);
        return lines.getFirst();
    }

    private static List<ObjectNode> lines(String json) throws Exception {
        JsonNode row = MAPPER.readTree(json);
        return ForeignRow.lines(row, "import");
    }
}
