#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::anonymise {

/// What is to be said of frames: why, and which.
struct Note {
  std::string text;
  std::vector<std::uint64_t> frames;
};

/// Collects them by their text.
class Notes {
 public:
  void add(std::string_view text, std::uint64_t frame) {
    for (auto& note : all_) {
      if (note.text == text) {
        if (note.frames.back() != frame) {
          note.frames.push_back(frame);
        }
        return;
      }
    }
    all_.push_back({std::string(text), {frame}});
  }

  [[nodiscard]] const std::vector<Note>& all() const { return all_; }

 private:
  std::vector<Note> all_;
};

}  // namespace gdoi::anonymise
