// What a house has after years, put into the demo's own database, for there is no quick way to order so much.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const folder = join(process.env.MAIL ?? join(import.meta.dirname, "../data/mail"), "../postgres/pgdata");

/** Says something to the demo's database, with the `psql` that came with its server. */
export async function sql(said) {
  const [, , , port] = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n");
  const [server] = readFileSync(join(folder, "postmaster.opts"), "utf8").split(" ");
  const whole = ["-v", "ON_ERROR_STOP=1", "--single-transaction", "-qAt", "-c", said];
  const to = ["-X", "-h", "127.0.0.1", "-p", port.trim(), "-U", "postgres", "-d", "tipple"];
  const { stdout } = await promisify(execFile)(join(dirname(server), "psql"), [...to, ...whole]);
  return stdout.trim();
}

/** No order of the house itself has a number that ends so. */
const OURS = "-MANY";

/**
 * A delivered order so many times over, each a minute before the one before; the first `open` of them are being packed.
 * Nothing follows from them: they are rows, no events.
 */
export async function manyOrders({ like, many, open }) {
  const id = (of) => `overlay(gen_random_uuid()::text placing ${of} from 1 for 13)::uuid`;
  const columns = `select string_agg(quote_ident(column_name), ',') from information_schema.columns`;
  const rest = async (schema, table, ...but) => {
    const names = but.map((one) => `'${one}'`).join(",");
    return sql(`${columns} where table_schema = '${schema}' and table_name = '${table}' and column_name not in (${names})`);
  };
  const others = await rest("orders", "orders", "id", "number", "cart_id", "state", "placed_at", "due_at");
  const ofLine = await rest("orders", "order_line", "id", "order_id");
  const ofFact = await rest("insight", "order_fact", "order_id", "cart_id", "placed_at");
  const ofSold = await rest("insight", "order_line", "line_id", "order_id");
  const at = "o.placed_at - n * interval '1 minute'";
  const ms = `lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')`;
  await sql(`
    create temporary table made on commit drop as
      select ${id(`substr(${ms}, 1, 8) || '-' || substr(${ms}, 9, 4)`)} as id, n, ${at} as at, o.placed_at + interval '1 day' + n * interval '1 minute' as due
      from orders.orders o, generate_series(1, ${many}) n where o.id = '${like}';
    insert into orders.orders (id, number, cart_id, state, placed_at, due_at, ${others})
      select m.id, lpad(n::text, 4, '0') || '${OURS}', gen_random_uuid(),
             case when n <= ${open} then 'accepted' else 'delivered' end, m.at, m.due, ${others}
      from made m, orders.orders o where o.id = '${like}';
    insert into orders.order_line (id, order_id, ${ofLine})
      select gen_random_uuid(), m.id, ${ofLine} from made m, orders.order_line o where o.order_id = '${like}';
    insert into insight.order_fact (order_id, cart_id, placed_at, ${ofFact})
      select m.id, null, m.at, ${ofFact} from made m, insight.order_fact o where o.order_id = '${like}';
    insert into insight.order_line (line_id, order_id, ${ofSold})
      select gen_random_uuid(), m.id, ${ofSold} from made m, insight.order_line o where o.order_id = '${like}';
    analyze orders.orders`);
  return () =>
    sql(`
      create temporary table made on commit drop as select id from orders.orders where number like '%${OURS}';
      delete from insight.order_line where order_id in (select id from made);
      delete from insight.order_fact where order_id in (select id from made);
      delete from orders.order_line where order_id in (select id from made);
      delete from orders.orders where id in (select id from made)`);
}
