-- A mail-order shop: its orders are filled in, indexed, and asked for the reports of a morning, in memory.
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, city TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, day INTEGER, product INTEGER, amount INTEGER, price INTEGER, address TEXT, note TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1600)
INSERT INTO customer SELECT i, printf('customer %06d', i * 7919 % 8009), printf('city %03d', i * 31 % 101) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
INSERT INTO orders SELECT i, 1 + i * 5003 % 1600, i / 40, 1 + i * i % 499, 1 + i % 9, 100 + i * 37 % 9000, printf('%d Harbour Street', i * 31 % 997),
  printf('Deliver to gate %d, floor %d, and call %d on arrival. Leave the parcel with the neighbour at number %d if nobody opens; she is at home on all days but Sunday. '
    || 'The courtyard is closed from seven in the evening, then please use the door on the side of the garden. Fragile: this order holds glass, paper and a lamp, '
    || 'do not put anything on top of it and keep it dry. The invoice goes to the office on the second floor, marked with reference %d.',
    i % 17, i % 7, i * 104729 % 99991, i * 13 % 89, i * 7 % 9973) FROM n;
COMMIT;
CREATE INDEX orders_day ON orders(day);
CREATE INDEX orders_customer ON orders(customer);
ANALYZE;
-- Revenue by product and by city.
SELECT product, sum(amount * price) FROM orders GROUP BY product ORDER BY 2 DESC LIMIT 3;
SELECT c.city, sum(o.amount * o.price) FROM orders o JOIN customer c ON c.id = o.customer GROUP BY c.city ORDER BY 2 DESC LIMIT 3;
-- One city's customers, over the index; a month, day by day.
SELECT c.name, count(*), sum(o.amount * o.price) FROM customer c JOIN orders o ON o.customer = c.id WHERE c.city = 'city 042' GROUP BY c.id ORDER BY 3 DESC LIMIT 3;
SELECT day, count(*), sum(amount * price) FROM orders WHERE day BETWEEN 100 AND 130 GROUP BY day ORDER BY 3 DESC LIMIT 3;
-- Dear orders, large ones, those of a street, of a product, of a price class.
SELECT count(*), min(id) FROM orders WHERE amount * price > 60000;
SELECT count(*), sum(price) FROM orders WHERE amount > 7;
SELECT count(*), sum(amount) FROM orders WHERE address = '42 Harbour Street';
SELECT count(*), sum(amount) FROM orders WHERE product = 42;
SELECT count(*), avg(amount) FROM orders WHERE price BETWEEN 1000 AND 1999;
SELECT day % 7, count(*), sum(amount * price) FROM orders GROUP BY 1 ORDER BY 1;
-- A discount, and the reports again.
UPDATE orders SET price = price * 9 / 10 WHERE day BETWEEN 200 AND 220;
SELECT product, sum(amount * price) FROM orders GROUP BY product ORDER BY 2 DESC LIMIT 3;
SELECT c.city, sum(o.amount * o.price) FROM orders o JOIN customer c ON c.id = o.customer GROUP BY c.city ORDER BY 2 DESC LIMIT 3;
SELECT c.name, count(*), sum(o.amount * o.price) FROM customer c JOIN orders o ON o.customer = c.id WHERE c.city = 'city 017' GROUP BY c.id ORDER BY 3 DESC LIMIT 3;
-- Customers that left, and what remains.
DELETE FROM orders WHERE customer IN (SELECT id FROM customer WHERE city = 'city 007');
SELECT count(*), sum(amount), max(price) FROM orders;
SELECT count(*), sum(price) FROM orders WHERE amount > 7;
SELECT count(*), sum(amount) FROM orders WHERE product = 42;
SELECT day / 30, count(*), sum(amount * price) FROM orders GROUP BY 1 ORDER BY 1 LIMIT 3;
