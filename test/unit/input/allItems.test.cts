import { readsAllItems } from '../../../nodes/BildOut/input/allItems.ts';

it.each([
	'={{ $input.all() }}',
	'={{ $input\u00a0.\u00a0all\u00a0() }}',
	'={{ $input["all"]() }}',
	'={{ $input?.all?.() }}',
	'={{ Object.values($input).length }}',
	"={{ $('Rows (1)').all() }}",
	"={{ $('Rows').all.call() }}",
	'={{ $jmespath($input.all(), "[].json") }}',
	'={{ $items("Rows") }}',
	'={{ $input /* every */ . /* one */ all /* of them */ () }}',
	"={{ $('Rows')\n\t.all\n\t() }}",
	"={{ $json.path === '/*' ? $input.all() : '*/' }}",
	'={{ $json.name }} of {{ $input.all().length }}',
])('reads all items: %s', (raw) => {
	expect(readsAllItems(raw)).toBe(true);
	expect(readsAllItems({ item: [{ name: 'x', unitPrice: raw }] })).toBe(true);
});

it.each([
	'={{ $json.all }}',
	'={{ $json.lines }}',
	'={{ $input.item.json.lines }}',
	'={{ $input.first().json.lines }}',
	"={{ $input['last']().json.lines }}",
	"={{ $('Rows').item.json.overall }}",
	'={{ $json.items }}',
	'={{ $json.call($json.small) }}',
	'=Paint it. all (two coats), $input.all()',
	'{{ $input.all() }}',
	'[{"name": "$input.all()"}]',
	undefined,
	12,
])('reads one item at most: %s', (raw) => {
	expect(readsAllItems(raw)).toBe(false);
});
