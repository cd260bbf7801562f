// Tells of changes to what is mounted. poll(2) on the table of mounts does, for the price of a system call each time
// it is asked; a lane may have something better.
#pragma once

namespace rescind {

class MountWatch {
 public:
  virtual ~MountWatch() = default;
  // Watches the descriptor of a table of mounts; false when it cannot.
  [[nodiscard]] virtual bool start(int mounts) noexcept = 0;
  // Whether mounts have changed since the last call. A change that was made before the call is seen by it.
  [[nodiscard]] virtual bool changed() noexcept = 0;
  // Whether it still watches. When it does not, changed() has told of everything up to then.
  [[nodiscard]] virtual bool works() const noexcept = 0;
};

}  // namespace rescind
