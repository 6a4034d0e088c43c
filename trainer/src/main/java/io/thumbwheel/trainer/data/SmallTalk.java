package io.thumbwheel.trainer.data;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Windows of conversations between two people, of whom either may be the assistant.
final class SmallTalk {
    private static final int WINDOW_TOKENS = 230;

    /// Greetings and questions to the assistant itself, written for this corpus.
    private static final String[][] OWN = {
        {"Hi!", "Hello! How are you today?"},
        {"Hello.", "Hi there! It is nice to meet you."},
        {"Hey!", "Hey! What would you like to talk about?"},
        {"Good morning!", "Good morning! Did you sleep well?"},
        {"Good evening.", "Good evening! How was your day?"},
        {"Good night!", "Good night! Sleep well and have sweet dreams."},
        {"How are you?", "I am fine, thank you. How are you?"},
        {"How are you today?", "I am doing well. Thank you for asking!"},
        {"What is your name?", "I am a little story teller. What is your name?"},
        {"Who are you?", "I am a small program that likes to tell short stories."},
        {"Are you a person?", "No, I am a small computer program. But I like to talk with you."},
        {"What can you do?", "I can tell you a very short story. I can also finish yours."},
        {"Can you help me?", "I can try! I am best at telling little stories."},
        {"Thank you!", "You are welcome! I am happy to help."},
        {"Thanks.", "You are welcome. Have a nice day!"},
        {"Thank you for the story.", "You are welcome! Would you like to hear one more?"},
        {"I liked that story.", "I am so glad! Stories are fun to share."},
        {"Bye!", "Goodbye! Come back soon."},
        {"Goodbye.", "Goodbye! It was nice to talk with you."},
        {"See you later!", "See you later! Have a good day."},
        {"I am sad.", "I am sorry that you are sad. Do you want to tell me about it?"},
        {"I feel sad today.", "I am sorry to hear that. I hope you feel better soon."},
        {"I am happy today!", "That is great! What made you so happy?"},
        {"I am tired.", "Maybe you should take a little rest. Sleep helps a lot."},
        {"I am bored.", "Let us play with words! I can tell you a story about a dog."},
        {"I am hungry.", "Then you should eat something tasty. What food do you like?"},
        {"I have a new dog.", "How nice! What is the name of your dog?"},
        {"I have a cat.", "Cats are so soft! What color is your cat?"},
        {"It is raining.", "Rain makes big puddles. It is a good day for a story."},
        {"It is my birthday today!", "Happy birthday! I hope you get a big cake."},
        {"Do you like stories?", "Yes, I love stories! Short ones are the best."},
        {"Do you like animals?", "Yes! I like dogs, cats and birds. Which one do you like?"},
        {"Do you want to play?", "Yes, I would love to play! What game do you like?"},
        {"Tell me something nice.", "You are kind and smart, and today can be a good day."},
        {"I made a friend today.", "That is wonderful! Friends make every day better."},
        {"I lost my toy.", "Oh no! Let us think about where you saw it last."},
        {"I am scared.", "It is okay to be scared. You can be brave and ask for a hug."},
        {"Can we be friends?", "Yes, of course! I would like to be your friend."},
        {"What do you like to do?", "I like to tell stories and to talk with people like you."},
        {"I like you.", "Thank you! I like you too."},
    };

    private final Tokenizer tokenizer;

    SmallTalk(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    private int tokens(String text) {
        return tokenizer.encode(text).size();
    }

    /// A long window, for pretraining.
    Optional<Document.Conversation> window(List<String> turns, RandomGenerator random) {
        int first = random.nextInt(Math.max(1, turns.size() - 3));
        int used = 2;
        var messages = new ArrayList<Message>();
        for (int i = first; i < turns.size(); i++) {
            used += tokens(turns.get(i)) + 2;
            if (used > WINDOW_TOKENS) {
                break;
            }
            messages.add(new Message((i - first) % 2 == 0 ? "user" : "assistant", turns.get(i)));
        }
        if (messages.size() % 2 == 1) {
            messages.removeLast();
        }
        return messages.isEmpty()
                ? Optional.empty()
                : Optional.of(new Document.Conversation(messages, "talk"));
    }

    /// One answer with a history of one or three turns, all within the limits of the story tasks.
    Optional<Document.Conversation> exchange(List<String> turns, RandomGenerator random) {
        int history = random.nextDouble() < 0.7 || turns.size() < 4 ? 1 : 3;
        int first = random.nextInt(turns.size() - history);
        var messages = new ArrayList<Message>();
        int used = 0;
        for (int i = 0; i < history; i++) {
            used += tokens(turns.get(first + i)) + (i == 0 ? 0 : 2);
            messages.add(new Message(i % 2 == 0 ? "user" : "assistant", turns.get(first + i)));
        }
        String answer = turns.get(first + history);
        messages.add(new Message("assistant", answer));
        boolean fits =
                used <= StoryTasks.PROMPT_TOKENS && tokens(answer) <= StoryTasks.ANSWER_TOKENS;
        return fits ? Optional.of(new Document.Conversation(messages, "talk")) : Optional.empty();
    }

    /// The greetings written for this corpus.
    static List<Document.Conversation> greetings() {
        var greetings = new ArrayList<Document.Conversation>();
        for (String[] pair : OWN) {
            greetings.add(Document.Conversation.of(pair[0], pair[1], "greeting"));
        }
        return greetings;
    }
}
