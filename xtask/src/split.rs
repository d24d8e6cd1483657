//! Takes the analysis out of the page's wasm, into a module of its own beside it.
//!
//! Page and worker are one program, but the page never analyses: it can be drawn and typed into
//! before the analysis has come. So once wasm-bindgen and wasm-opt are done with the program, it is
//! written twice:
//!
//! - **the page's module** keeps all that the page's thread may call. Whatever else is called from
//!   there is a *stub*: it makes sure that the analysis is there (`static/analysis.js`), and calls it
//!   through the table of functions.
//! - **the module of the analysis** holds the rest, and nothing of its own but code: memory, tables
//!   and globals, and every function of the page's that it calls, are imported from the page's
//!   module. Instantiating it puts its functions into the table.
//!
//! Nothing rests on where the cut runs: a function on the wrong side costs bytes or a call, and is
//! found all the same. It runs by who calls whom. A function that is only called by the analysis
//! belongs to it. A function in the table may be called by anyone, so its name decides ([`SIDES`]).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind,
    ImportKind, ImportedFunction, Module, ModuleConfig, ModuleImports, TableId, ValType,
    ir::{UnaryOp, Value, Visitor, dfs_in_order},
};

use crate::project::{read, read_text, write};

/// Where a function belongs that is called through the table: the first path that its name holds
/// decides. The names are Rust's, with the types of generics. What none fits is the page's.
const SIDES: &[(&str, Side)] = &[
    ("wheelstage::ui::thinking", Side::Analysis),
    ("wheelstage::ui::worker::Analyst as gloo_worker::actor::traits::Worker", Side::Analysis),
    ("gloo_worker::actor::scope::WorkerScope<wheelstage::ui::worker::Analyst>", Side::Analysis),
    ("wheelstage::ui", Side::Page),
    ("wheelstage::syntax::command", Side::Analysis),
    ("wheelstage::syntax::pyproject", Side::Analysis),
    ("toml_parser", Side::Analysis),
    ("wheelstage::shell", Side::Analysis),
    ("wheelstage::model", Side::Analysis),
    ("wheelstage::index", Side::Analysis),
    ("wheelstage::resolve", Side::Analysis),
    ("wheelstage::simulate", Side::Analysis),
    ("wheelstage::findings", Side::Analysis),
    ("wheelstage::inquiry", Side::Analysis),
    ("wheelstage::patch", Side::Analysis),
    ("wheelstage::report::headline", Side::Analysis),
    ("wheelstage::report::projects", Side::Analysis),
    ("wheelstage::report::stages", Side::Analysis),
    ("wheelstage::report::timeline", Side::Analysis),
];

/// What the program's name ends with, behind the stem that it shares with its glue.
const PROGRAM: &str = "_bg.wasm";

/// The name under which the module of the analysis imports from the page's.
const PAGE: &str = "page";

/// The global, exported from the page's module, that is 1 once the analysis is there.
const LOADED: &str = "analysis";

/// What the name of the import holds that fetches the analysis at once.
const FETCH: &str = "analysisNow";

/// A side of the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Page,
    Analysis,
}

/// Splits the program of a built site. A debug build stays whole: it is built often, and fetched from
/// the same machine.
pub(crate) fn site(folder: &Path) -> Result<()> {
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "debug") {
        return Ok(());
    }
    let program = program(folder)?;
    let name = file_name(&program)?;
    let old = name.strip_suffix(PROGRAM).context("the program has another name than Trunk gives it")?;
    let Split { page, analysis } = split(&read(&program)?)?;
    // A name stands for what is in the file, so that it can be kept for ever: both have changed.
    let digest = Sha256::new().chain_update(&page).chain_update(&analysis).finalize();
    let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (stem, _) = old.rsplit_once('-').context("the program's name holds no hash")?;
    let new = format!("{stem}-{hash}");
    let index = folder.join("index.html");
    let text = with_size(&read_text(&index)?, &name, page.len())?.replace(old, &new);
    // The start script asks for it (`static/initializer.mjs`): when the worker does, it is on its way.
    let hint = format!("<meta name=\"analysis\" content=\"./{new}_analysis.wasm\">");
    let (before, after) = text.split_once("</head>").context("index.html has no </head>")?;
    write(&index, format!("{before}{hint}</head>{after}"))?;
    write(&folder.join(format!("{new}{PROGRAM}")), page)?;
    write(&folder.join(format!("{new}_analysis.wasm")), analysis)?;
    write(&folder.join(format!("{new}.js")), read(&folder.join(format!("{old}.js")))?)?;
    for gone in [program, folder.join(format!("{old}.js"))] {
        fs::remove_file(&gone).with_context(|| format!("cannot remove {}", gone.display()))?;
    }
    Ok(())
}

/// The page with the program's size as it is now: the start script says by it how far the program has
/// come.
fn with_size(page: &str, program: &str, size: usize) -> Result<String> {
    let named = format!("{program}', ");
    let (before, after) = page.split_once(&named).context("the start script names no program and size")?;
    let rest = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
    ensure!(rest.len() < after.len(), "the start script does not say how large the program is");
    Ok(format!("{before}{named}{size}{rest}"))
}

/// The one program of a built site.
fn program(folder: &Path) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if file_name(&path)?.ends_with(PROGRAM) {
            found.push(path);
        }
    }
    match found.as_slice() {
        [program] => Ok(program.clone()),
        _ => bail!("{} holds {} programs, not one", folder.display(), found.len()),
    }
}

fn file_name(path: &Path) -> Result<String> {
    let name = path.file_name().with_context(|| format!("{} is no file", path.display()))?;
    Ok(name.to_string_lossy().into_owned())
}

/// Both modules, as bytes.
struct Split {
    page: Vec<u8>,
    analysis: Vec<u8>,
}

/// Functions are known by their place in the program: each of the two modules is made from a
/// parse of its own, whose ids are its own.
type Place = usize;

/// The program as it was, and what is decided about it.
struct Plan {
    sides: Vec<Side>,
    /// Where each function of the analysis stands in the table: all that the table held before, and
    /// those that the page's functions call.
    slots: BTreeMap<u32, Place>,
    /// The size of the table with them.
    table_size: u32,
}

fn split(program: &[u8]) -> Result<Split> {
    let module = parse(program)?;
    let plan = plan(&module)?;
    let (analysis, wanted) = analysis(parse(program)?, &plan)?;
    let page = page(module, &plan, &wanted)?;
    Ok(Split { page, analysis })
}

fn parse(program: &[u8]) -> Result<Module> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    config.parse(program).context("the program is no wasm that can be read")
}

fn functions(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(walrus::Function::id).collect()
}

fn plan(module: &Module) -> Result<Plan> {
    let ids = functions(module);
    let place: HashMap<FunctionId, Place> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let table = function_table(module)?;
    let held = entries(module, table)?;
    let in_table: BTreeSet<FunctionId> = held.values().copied().collect();
    let exported: BTreeSet<FunctionId> = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(function) => Some(function),
            _ => None,
        })
        .collect();
    let called: Vec<Vec<Place>> =
        ids.iter().map(|id| calls(module, *id).into_iter().map(|callee| place[&callee]).collect()).collect();

    let mut sides = vec![Side::Analysis; ids.len()];
    let mut named = vec![false; ids.len()];
    let mut reached = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let function = module.funcs.get(*id);
        let local = matches!(function.kind, FunctionKind::Local(_));
        if !local || exported.contains(id) || module.start == Some(*id) {
            sides[place] = Side::Page;
            reached.push(place);
        } else if in_table.contains(id) {
            sides[place] = side(function.name.as_deref().unwrap_or_default());
            named[place] = true;
            if sides[place] == Side::Page {
                reached.push(place);
            }
        }
    }
    // What the page calls is the page's, unless its name says that the analysis is its place.
    while let Some(caller) = reached.pop() {
        for callee in &called[caller] {
            if !named[*callee] && sides[*callee] == Side::Analysis {
                sides[*callee] = Side::Page;
                reached.push(*callee);
            }
        }
    }

    let mut slots: BTreeMap<u32, Place> = held
        .iter()
        .map(|(slot, id)| (*slot, place[id]))
        .filter(|(_, place)| sides[*place] == Side::Analysis)
        .collect();
    let mut slotted: BTreeSet<Place> = slots.values().copied().collect();
    let mut table_size = u32::try_from(module.tables.get(table).initial)?;
    for caller in 0..ids.len() {
        for callee in &called[caller] {
            let crosses = sides[caller] == Side::Page && sides[*callee] == Side::Analysis;
            if crosses && slotted.insert(*callee) {
                slots.insert(table_size, *callee);
                table_size += 1;
            }
        }
    }
    ensure!(!slots.is_empty(), "no function of the program is called as one of the analysis: see SIDES");
    Ok(Plan { sides, slots, table_size })
}

/// The side of a function of the table.
fn side(name: &str) -> Side {
    let name = without_hashes(name);
    SIDES.iter().find(|(path, _)| name.contains(path)).map_or(Side::Page, |(_, side)| *side)
}

/// A name of Rust's without what tells builds of one crate apart: `core[c5930c85a12de822]::fmt`.
fn without_hashes(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        kept.push_str(before);
        match after.split_once(']') {
            Some((hash, after)) if hash.len() == 16 => rest = after,
            _ => {
                kept.push('[');
                rest = after;
            }
        }
    }
    kept + rest
}

fn function_table(module: &Module) -> Result<TableId> {
    module.tables.main_function_table()?.context("the program has no table of functions")
}

/// What the table of functions holds, by its slots.
fn entries(module: &Module, table: TableId) -> Result<BTreeMap<u32, FunctionId>> {
    let mut entries = BTreeMap::new();
    for element in module.elements.iter() {
        let ElementKind::Active { table: filled, offset } = &element.kind else { continue };
        if *filled != table {
            continue;
        }
        let (ConstExpr::Value(Value::I32(offset)), ElementItems::Functions(functions)) =
            (offset, &element.items)
        else {
            bail!("the table of functions is filled in a way that is not expected");
        };
        entries.extend((u32::try_from(*offset)?..).zip(functions.iter().copied()));
    }
    Ok(entries)
}

/// The functions that a function names.
fn calls(module: &Module, function: FunctionId) -> Vec<FunctionId> {
    #[derive(Default)]
    struct Calls(Vec<FunctionId>);
    impl Visitor<'_> for Calls {
        fn visit_function_id(&mut self, function: &FunctionId) {
            self.0.push(*function);
        }
    }
    let mut calls = Calls::default();
    if let FunctionKind::Local(function) = &module.funcs.get(function).kind {
        dfs_in_order(&mut calls, function, function.entry_block());
    }
    calls.0
}

/// Something of the program, by its place among its kind.
enum Item {
    Function(Place),
    Global(usize),
    Table(usize),
    Memory(usize),
}

/// What the module of the analysis imports from the page's, and by which names.
type Wanted = Vec<(String, Item)>;

fn analysis(mut module: Module, plan: &Plan) -> Result<(Vec<u8>, Wanted)> {
    let ids = functions(&module);
    let table = function_table(&module)?;
    clear(&mut module);

    // Everything that is the page's becomes an import; of these, those that are used are kept.
    let mut wanted = Wanted::new();
    let mut import = |imports: &mut ModuleImports, item: Item, of: ImportKind| {
        let name = format!("{:x}", wanted.len());
        let import = imports.add(PAGE, &name, of);
        wanted.push((name, item));
        import
    };
    for (place, id) in ids.iter().enumerate().filter(|(place, _)| plan.sides[*place] == Side::Page) {
        let ty = module.funcs.get(*id).ty();
        let import = import(&mut module.imports, Item::Function(place), ImportKind::Function(*id));
        module.funcs.get_mut(*id).kind = FunctionKind::Import(ImportedFunction { import, ty });
    }
    let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
    for (place, id) in globals.into_iter().enumerate() {
        let import = import(&mut module.imports, Item::Global(place), ImportKind::Global(id));
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    for (place, table) in module.tables.iter_mut().enumerate() {
        table.import = Some(import(&mut module.imports, Item::Table(place), ImportKind::Table(table.id())));
        table.elem_segments.clear();
    }
    for (place, memory) in module.memories.iter_mut().enumerate() {
        memory.import =
            Some(import(&mut module.imports, Item::Memory(place), ImportKind::Memory(memory.id())));
        memory.data_segments.clear();
    }
    resize(&mut module, table, plan.table_size);
    for (first, places) in runs(&plan.slots) {
        let offset = ConstExpr::Value(Value::I32(i32::try_from(first)?));
        let functions = places.into_iter().map(|place| ids[place]).collect();
        let element =
            module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(functions));
        module.tables.get_mut(table).elem_segments.insert(element);
    }
    walrus::passes::gc::run(&mut module);
    let kept: BTreeSet<String> = module.imports.iter().map(|import| import.name.clone()).collect();
    wanted.retain(|(name, _)| kept.contains(name));
    Ok((module.emit_wasm(), wanted))
}

/// Leaves of a module what it defines, and nothing that acts or is seen.
fn clear(module: &mut Module) {
    module.start = None;
    let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
    exports.into_iter().for_each(|id| module.exports.delete(id));
    let imports: Vec<_> = module.imports.iter().map(walrus::Import::id).collect();
    imports.into_iter().for_each(|id| module.imports.delete(id));
    let elements: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
    elements.into_iter().for_each(|id| module.elements.delete(id));
    let data: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    data.into_iter().for_each(|id| module.data.delete(id));
    let customs: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    customs.into_iter().for_each(|id| drop(module.customs.delete(id)));
}

/// Neighbouring slots together.
fn runs(slots: &BTreeMap<u32, Place>) -> Vec<(u32, Vec<Place>)> {
    let mut runs: Vec<(u32, Vec<Place>)> = Vec::new();
    for (slot, place) in slots {
        match runs.last_mut() {
            Some((first, places)) if *first as usize + places.len() == *slot as usize => places.push(*place),
            _ => runs.push((*slot, vec![*place])),
        }
    }
    runs
}

fn resize(module: &mut Module, table: TableId, size: u32) {
    let table = module.tables.get_mut(table);
    table.initial = u64::from(size);
    table.maximum = table.maximum.map(|maximum| maximum.max(u64::from(size)));
}

fn page(mut module: Module, plan: &Plan, wanted: &Wanted) -> Result<Vec<u8>> {
    let ids = functions(&module);
    let table = function_table(&module)?;
    let fetch = module
        .imports
        .iter()
        .find(|import| import.name.contains(FETCH))
        .and_then(|import| match import.kind {
            ImportKind::Function(function) => Some(function),
            _ => None,
        })
        .with_context(|| format!("the program imports no function {FETCH}: see src/ui/part.rs"))?;
    let loaded = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
    module.exports.add(LOADED, loaded);
    resize(&mut module, table, plan.table_size);

    let mut stubbed = BTreeSet::new();
    for (slot, place) in &plan.slots {
        // A function that stands in several slots has one stub, which calls through any of them.
        if stubbed.insert(*place) {
            let id = ids[*place];
            let stub = stub(&mut module, id, fetch, loaded, table, i32::try_from(*slot)?);
            module.funcs.get_mut(id).kind = stub;
        }
    }

    let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
    let tables: Vec<_> = module.tables.iter().map(walrus::Table::id).collect();
    let memories: Vec<_> = module.memories.iter().map(walrus::Memory::id).collect();
    for (name, item) in wanted {
        let item = match *item {
            Item::Function(place) => ExportItem::Function(ids[place]),
            Item::Global(place) => ExportItem::Global(globals[place]),
            Item::Table(place) => ExportItem::Table(tables[place]),
            Item::Memory(place) => ExportItem::Memory(memories[place]),
        };
        module.exports.add(name, item);
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// A function in the place of one of the analysis:
///
/// ```wat
/// global.get $loaded  i32.eqz  if  call $fetch  end
/// local.get ...  i32.const slot  call_indirect
/// ```
fn stub(
    module: &mut Module,
    function: FunctionId,
    fetch: FunctionId,
    loaded: walrus::GlobalId,
    table: TableId,
    slot: i32,
) -> FunctionKind {
    let ty = module.funcs.get(function).ty();
    let (params, results) = {
        let ty = module.types.get(ty);
        (ty.params().to_vec(), ty.results().to_vec())
    };
    let args: Vec<_> = params.iter().map(|param| module.locals.add(*param)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = builder.func_body();
    body.global_get(loaded).unop(UnaryOp::I32Eqz).if_else(
        None,
        |then| {
            then.call(fetch);
        },
        |_| {},
    );
    for arg in &args {
        body.local_get(*arg);
    }
    body.i32_const(slot).call_indirect(ty, table);
    FunctionKind::Local(builder.local_func(args))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// `run` calls a function of the analysis through the table; that one calls another, which calls
    /// one of the page's.
    const PROGRAM: &str = r#"(module
        (import "env" "analysisNow" (func))
        (type $number (func (param i32) (result i32)))
        (memory (export "memory") 1)
        (global $base (mut i32) (i32.const 7))
        (table 2 2 funcref)
        (elem (i32.const 1) func $"wheelstage[0123456789abcdef]::model::by_table")
        (func $"core[0123456789abcdef]::helper" (type $number)
            local.get 0  global.get $base  i32.add)
        (func $"wheelstage[0123456789abcdef]::model::by_table" (type $number)
            local.get 0  call $alone)
        (func $alone (type $number)
            local.get 0  call $"core[0123456789abcdef]::helper"  i32.const 2  i32.mul)
        (func (export "run") (type $number)
            local.get 0  i32.const 1  call_indirect (type $number))
        (func (export "near") (type $number)
            local.get 0  call $"core[0123456789abcdef]::helper"))"#;

    /// Runs the page's module in Node: each result, and how often the analysis was fetched by then.
    const HOST: &str = r#"
        const { readFileSync } = require("node:fs");
        const [page, analysis] = process.argv.slice(1).map((path) => new WebAssembly.Module(readFileSync(path)));
        let fetched = 0;
        const analysisNow = () => {
            fetched += 1;
            new WebAssembly.Instance(analysis, { page: exports });
            exports.analysis.value = 1;
        };
        const { exports } = new WebAssembly.Instance(page, { env: { analysisNow } });
        const said = ["near", "run", "run"].map((name, number) => `${name} ${exports[name](number)}, ${fetched}`);
        console.log(said.join("; "));"#;

    #[test]
    fn both_modules_do_what_the_program_did() {
        let Split { page, analysis } = split(&wat::parse_str(PROGRAM).unwrap()).unwrap();
        let folder = std::env::temp_dir().join(format!("wheelstage-split-{}", std::process::id()));
        let paths = [folder.join("page.wasm"), folder.join("analysis.wasm")];
        write(&paths[0], &page).unwrap();
        write(&paths[1], &analysis).unwrap();
        let output = Command::new("node").args(["--eval", HOST]).args(&paths).output().unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "near 7, 0; run 16, 1; run 18, 1");
        let functions = |bytes: &[u8]| parse(bytes).unwrap().funcs.iter_local().count();
        assert_eq!((functions(&page), functions(&analysis)), (4, 2), "a stub and the page's three; the rest");
    }

    #[test]
    fn the_start_script_knows_the_size() {
        let page = "await start(init, './w-12_bg.wasm', 2855411, initializer(), true);";
        let expected = "await start(init, './w-12_bg.wasm', 7, initializer(), true);";
        assert_eq!(with_size(page, "w-12_bg.wasm", 7).unwrap(), expected);
        assert!(with_size("await start(init, './w-12_bg.wasm');", "w-12_bg.wasm", 7).is_err());
    }

    #[test]
    fn names_are_compared_without_hashes() {
        assert_eq!(without_hashes("<[T]>::sort::<a[0123456789abcdef]::B>"), "<[T]>::sort::<a::B>");
        assert_eq!(side("<wheelstage[0123456789abcdef]::resolve::Walk>::run"), Side::Analysis);
        assert_eq!(
            side("<wheelstage[0123456789abcdef]::ui::app::App>::f::<wheelstage::model::X>"),
            Side::Page
        );
        assert_eq!(side("core::fmt::write"), Side::Page);
    }
}
