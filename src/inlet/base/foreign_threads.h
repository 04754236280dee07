#pragma once

namespace inlet {

/// For TSan, which does not see the locks of code that it does not instrument, such as the
/// bridge's: what was done before one call of this, on any thread, happened before what is done
/// after a later one. Nothing in other builds.
void sync_with_foreign_threads();

}  // namespace inlet
