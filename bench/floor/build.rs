//! Linker settings that Node.js addons need on each platform. Nothing else belongs here.

fn main() {
    napi_build::setup();
}
