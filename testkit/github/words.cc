#include "testkit/github/words.h"

#include <array>

namespace inlet::simulator::github {
namespace {

constexpr std::array<std::string_view, 64> kPlain = {
    "when",   "the",     "parser", "reads",   "empty",  "input",    "table",   "fails",
    "after",  "upgrade", "with",   "missing", "column", "value",    "during",  "restart",
    "cache",  "returns", "stale",  "data",    "for",    "users",    "behind",  "proxy",
    "build",  "breaks",  "on",     "windows", "since",  "release",  "please",  "add",
    "option", "to",      "skip",   "header",  "rows",   "memory",   "grows",   "while",
    "upload", "runs",    "slow",   "query",   "plan",   "changes",  "index",   "lookup",
    "docs",   "mention", "wrong",  "flag",    "crash",  "stack",    "trace",   "attached",
    "works",  "locally", "but",    "not",     "in",     "pipeline", "nightly", "branch"};

// The inside of JSON strings: what a reader of text has to get right.
constexpr std::array<std::string_view, 16> kSpecial = {"\\\"quoted\\\"",
                                                       "C:\\\\temp\\\\log",
                                                       "first\\r\\n\\r\\nsecond",
                                                       "na\u00efve",
                                                       "caf\u00e9",
                                                       "stra\u00dfe",
                                                       "\u65e5\u672c\u8a9e",
                                                       "\u041f\u0440\u0438\u0432\u0435\u0442",
                                                       "\U0001f680",
                                                       "\U0001f469\u200d\U0001f4bb",
                                                       "tab\\there",
                                                       "\\u00e9scaped",
                                                       "100%",
                                                       "<b>&amp;</b>",
                                                       "\\ud83d\\ude42",
                                                       "\u0645\u0631\u062d\u0628\u0627"};

constexpr std::uint64_t kPercentSpecial = 4;

}  // namespace

void append_words(Draw& draw, int num_words, std::string& out) {
  // One draw serves four words: this is the inner loop of a benchmark's server.
  std::uint64_t bits = 0;
  for (int i = 0; i < num_words; ++i) {
    if (i % 4 == 0) bits = draw.next();
    if (i > 0) out += ' ';
    const std::uint64_t choice = bits & 0xFFFFU;
    bits >>= 16U;
    if (choice % 100 < kPercentSpecial) {
      out += kSpecial[(choice >> 8U) % kSpecial.size()];
    } else {
      out += kPlain[(choice >> 8U) % kPlain.size()];
    }
  }
}

std::string_view plain_word(std::uint64_t number) {
  return kPlain[number % kPlain.size()];
}

}  // namespace inlet::simulator::github
